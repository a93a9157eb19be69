import type * as z from 'zod';

/** One flaw of the content. `pointer`: its place, as a JSON Pointer into the body (RFC 6901). */
export interface Flaw {
  readonly pointer: string;
  readonly detail: string;
}

const MAX_FLAWS = 20;

/** The flaws in the caller's words: for each place, the first that was found. */
export function flawsOf({ issues }: z.ZodError): readonly Flaw[] {
  const flaws = new Map<string, Flaw>();
  for (const issue of issues) {
    for (const flaw of describe(issue)) if (!flaws.has(flaw.pointer)) flaws.set(flaw.pointer, flaw);
  }
  return [...flaws.values()].slice(0, MAX_FLAWS);
}

function describe(issue: z.core.$ZodIssue): readonly Flaw[] {
  const at = (detail: string): readonly Flaw[] => [{ pointer: pointerTo(issue.path), detail }];
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return at('is required');
      return at(issue.expected === 'int' ? 'must be a whole number' : `must be of type ${issue.expected}`);
    case 'too_small':
      return at(issue.origin === 'array' ? 'must not be empty' : `must be at least ${issue.minimum}`);
    case 'too_big':
      return at(`must ${issue.origin === 'array' ? 'have' : 'be'} at most ${issue.maximum}`);
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        pointer: pointerTo([...issue.path, key]),
        detail: 'is not known here',
      }));
    default:
      return at(issue.message);
  }
}

const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
