import { isUtf8 } from 'node:buffer';
import { invalidRequest } from './answers.ts';

/**
 * Decoded parameters by their full names, such as `metadata[orderId]`. A flat map and not nested objects: Stripe nests
 * one level deep here, and a hostile name such as `__proto__[x]` stays a plain string.
 */
export type Form = ReadonlyMap<string, string>;

const MAX_PARAMETERS = 200;
// https://docs.stripe.com/api/metadata
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY_LENGTH = 40;
const MAX_METADATA_VALUE_LENGTH = 500;

export function decodeForm(bytes: Buffer): Form {
  if (!isUtf8(bytes)) throw invalidRequest('Invalid request: the parameters are not valid UTF-8.');
  const form = new Map<string, string>();
  const listLengths = new Map<string, number>();
  const text = bytes.toString('utf8');
  if (text === '') return form;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    let name = decodePart(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decodePart(pair.slice(equals + 1));
    if (name.endsWith('[]')) {
      const list = name.slice(0, -2);
      const index = listLengths.get(list) ?? 0;
      listLengths.set(list, index + 1);
      name = `${list}[${index}]`;
    }
    form.set(name, value);
    if (form.size > MAX_PARAMETERS) throw invalidRequest('Invalid request: too many parameters.');
  }
  return form;
}

function decodePart(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw invalidRequest('Invalid request: the parameters are not correctly percent-encoded.');
  }
}

/** The same text for the same parameters in any order. */
export const canonicalForm = (form: Form): string =>
  JSON.stringify([...form].sort(([left], [right]) => (left < right ? -1 : 1)));

export function refuseUnknown(form: Form, known: ReadonlySet<string>): void {
  for (const name of form.keys()) {
    const bracket = name.indexOf('[');
    const root = bracket === -1 ? name : name.slice(0, bracket);
    if (!known.has(root)) {
      throw invalidRequest(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
    }
  }
}

export function optionalText(form: Form, name: string): string | undefined {
  const value = form.get(name);
  if (value === '') {
    throw invalidRequest(`You passed an empty string for '${name}'.`, {
      code: 'parameter_invalid_empty',
      param: name,
    });
  }
  return value;
}

export function requiredText(form: Form, name: string): string {
  const value = optionalText(form, name);
  if (value === undefined) {
    throw invalidRequest(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name });
  }
  return value;
}

export function flag(form: Form, name: string): boolean {
  const value = optionalText(form, name) ?? 'false';
  if (value !== 'true' && value !== 'false') {
    throw invalidRequest(`Invalid boolean: ${value}`, { param: name });
  }
  return value === 'true';
}

export function oneOf<T extends string>(form: Form, name: string, choices: readonly T[]): T | undefined {
  const value = optionalText(form, name);
  const choice = choices.find((candidate) => candidate === value);
  if (value !== undefined && choice === undefined) {
    throw invalidRequest(`Invalid ${name}: must be one of ${choices.join(', ')}`, { param: name });
  }
  return choice;
}

export function integer(form: Form, name: string, range: { min: number; max: number }): number | undefined {
  const value = optionalText(form, name);
  if (value === undefined) return undefined;
  const refuse = (message: string, code: string) => invalidRequest(message, { code, param: name });
  if (!/^[+-]?\d{1,15}$/.test(value)) {
    throw refuse(`Invalid integer: ${value.slice(0, 40)}`, 'parameter_invalid_integer');
  }
  const number = Number(value);
  if (number < range.min) {
    throw refuse(`This value must be greater than or equal to ${range.min}.`, 'parameter_invalid_integer');
  }
  if (number > range.max) throw refuse(`This value must be at most ${range.max}.`, 'amount_too_large');
  return number;
}

export function list(form: Form, name: string): string[] {
  const prefix = `${name}[`;
  return [...form].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
}

export function metadata(form: Form): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [name, value] of form) {
    if (!name.startsWith('metadata')) continue;
    const key = /^metadata\[([^[\]]+)\]$/.exec(name)?.[1];
    if (key === undefined) throw invalidRequest('Invalid object', { param: 'metadata' });
    if (key.length > MAX_METADATA_KEY_LENGTH || value.length > MAX_METADATA_VALUE_LENGTH) {
      throw invalidRequest('Metadata keys have at most 40 characters and values at most 500.', {
        param: name,
      });
    }
    if (value !== '') entries.push([key, value]);
  }
  if (entries.length > MAX_METADATA_KEYS) {
    throw invalidRequest('You can have at most 50 metadata keys.', { param: 'metadata' });
  }
  return Object.fromEntries(entries);
}
