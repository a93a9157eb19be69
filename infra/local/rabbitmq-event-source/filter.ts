import { isSection, refused, SettingError } from './setting.ts';

/** Whether a message's body matches. */
export type Filter = (data: Buffer) => boolean;

/** `values`: the values of one object's field. `isAbsent`: no object in the body has a value at that path. */
type Rule = (values: readonly unknown[], isAbsent: () => boolean) => boolean;
type Pattern = (value: unknown, body: unknown) => boolean;

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: five by default, ten on request.
const maximumFilters = 10;

/**
 * Compiles `filterPatterns`, with the grammar of AWS's own compiler (https://github.com/aws/event-ruler). One pattern
 * must match. Amazon MQ can filter on `data` only. A body never matches if it is not UTF-8, or if its format (JSON,
 * plain text) is not the pattern's.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq-filtering.html
 */
export function compileFilters(patterns: unknown, where: string): Filter | undefined {
  if (patterns === undefined) return undefined;
  if (!Array.isArray(patterns) || patterns.length < 1 || patterns.length > maximumFilters) {
    throw refused(where, `a list of 1 to ${maximumFilters} patterns`, patterns);
  }
  const forText: Rule[] = [];
  const forJson: Pattern[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const place = `${where}[${index}]`;
    if (!isSection(pattern) || Object.keys(pattern).join() !== 'data') {
      throw refused(place, 'a mapping with the key data and no other', pattern);
    }
    if (Array.isArray(pattern.data)) forText.push(compileRules(pattern.data, `${place}.data`));
    else forJson.push(compilePattern(pattern.data, `${place}.data`));
  }
  return (data) => {
    const body = decode(data);
    if (body === undefined) return false;
    const parsed = parseJson(body);
    return parsed === undefined
      ? forText.some((rule) => rule([body], () => false))
      : forJson.some((pattern) => pattern(parsed, parsed));
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(data: Buffer): string | undefined {
  try {
    return utf8.decode(data);
  } catch {
    return undefined;
  }
}

/** Only an object counts as JSON: patterns address fields, which `42`, `"text"` and `[1]` do not have. */
function parseJson(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isSection(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function compilePattern(pattern: unknown, where: string, path: readonly string[] = []): Pattern {
  if (!isSection(pattern) || Object.keys(pattern).length === 0) {
    throw refused(where, 'a mapping from fields to lists of rules', pattern);
  }
  const fields = Object.entries(pattern).map(([name, rules]): Pattern => {
    const place = `${where}.${name}`;
    if (name === '$or') return compileOr(rules, place, path);
    const fieldPath = [...path, name];
    if (Array.isArray(rules)) {
      const rule = compileRules(rules, place);
      return (value, body) => rule(leaves(fieldOf(value, name)), () => !hasLeaf(body, fieldPath));
    }
    const nested = compilePattern(rules, place, fieldPath);
    return (value, body) => elements(fieldOf(value, name)).some((element) => nested(element, body));
  });
  return (value, body) => fields.every((matches) => matches(value, body));
}

function compileOr(alternatives: unknown, where: string, path: readonly string[]): Pattern {
  if (!Array.isArray(alternatives) || alternatives.length < 2) {
    throw refused(where, 'a list of at least two patterns', alternatives);
  }
  const patterns = alternatives.map((pattern, index) => compilePattern(pattern, `${where}[${index}]`, path));
  return (value, body) => patterns.some((pattern) => pattern(value, body));
}

function fieldOf(value: unknown, name: string): unknown {
  return isSection(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** An absent field and an empty list each count as one element, so a nested `exists: false` can hold for them. */
function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : [value];
}

function hasLeaf(value: unknown, path: readonly string[]): boolean {
  const [name, ...inner] = path;
  if (name === undefined) return leaves(value).length > 0;
  return elements(value).some((element) => hasLeaf(fieldOf(element, name), inner));
}

/** The values that a rule sees: leaves only, and of an array one matching element is enough. */
function leaves(value: unknown): readonly unknown[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((leaf) => leaf !== undefined && (typeof leaf !== 'object' || leaf === null));
}

function compileRules(rules: readonly unknown[], where: string): Rule {
  if (rules.length === 0) throw refused(where, 'a list with at least one rule', rules);
  const compiled = rules.map((rule, index) => compileRule(rule, `${where}[${index}]`));
  return (values, isAbsent) => compiled.some((rule) => rule(values, isAbsent));
}

function compileRule(rule: unknown, where: string): Rule {
  if (typeof rule !== 'object' || rule === null) return (values) => values.includes(rule);
  const [operator, operand, ...more] = isSection(rule) ? Object.entries(rule).flat() : [];
  if (typeof operator !== 'string' || more.length > 0) throw refused(where, 'a value or one operator', rule);
  const place = `${where}.${operator}`;
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw refused(place, 'true or false', operand);
      return operand ? (values) => values.length > 0 : (_, isAbsent) => isAbsent();
    case 'prefix':
      return onText(operand, place, (value, prefix) => value.startsWith(prefix));
    case 'suffix':
      return onText(operand, place, (value, suffix) => value.endsWith(suffix));
    case 'equals-ignore-case':
      return onText(operand, place, (value, other) => value.toLowerCase() === other.toLowerCase());
    case 'anything-but': {
      const unwanted = excluded(operand, place);
      return (values) => values.some((value) => !unwanted.includes(value));
    }
    case 'numeric':
      return numericRange(operand, place);
    default:
      throw new SettingError(
        `${where} has the operator ${operator}; Lambda knows anything-but, equals-ignore-case, exists, numeric, prefix, suffix`,
      );
  }
}

function onText(operand: unknown, where: string, test: (value: string, operand: string) => boolean): Rule {
  if (typeof operand !== 'string') throw refused(where, 'a text', operand);
  return (values) => values.some((value) => typeof value === 'string' && test(value, operand));
}

function excluded(operand: unknown, where: string): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const areAll = (type: string): boolean => values.every((value) => typeof value === type);
  if (values.length === 0 || !(areAll('string') || areAll('number'))) {
    throw refused(where, 'a text, a number, or a list of either', operand);
  }
  return values;
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const lowerBounds = ['>', '>='];
const upperBounds = ['<', '<='];

function numericRange(operand: unknown, where: string): Rule {
  const allowed =
    'a comparison (=, <, <=, >, >=) and a number, or > or >= with a number, then < or <= with a higher one';
  const terms: readonly unknown[] = Array.isArray(operand) ? operand : [];
  const [first, bound, second, top] = terms;
  const test = comparison(first, bound);
  if (terms.length === 2 && test) return onNumber(test);
  const upper = comparison(second, top);
  const isRange =
    terms.length === 4 && lowerBounds.includes(String(first)) && upperBounds.includes(String(second));
  if (!isRange || !test || !upper || Number(bound) >= Number(top)) throw refused(where, allowed, operand);
  return onNumber((value) => test(value) && upper(value));
}

function comparison(operator: unknown, bound: unknown): ((value: number) => boolean) | undefined {
  if (typeof operator !== 'string' || typeof bound !== 'number') return undefined;
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  return compare && ((value) => compare(value, bound));
}

function onNumber(test: (value: number) => boolean): Rule {
  return (values) => values.some((value) => typeof value === 'number' && test(value));
}
