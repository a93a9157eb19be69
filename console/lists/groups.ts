import type { DeadLetters } from '../../api/calls.ts';

export type DeadLetter = DeadLetters['items'][number];

/** Dead letters that are dead for the same reason. */
export interface Group {
  readonly reason: string;
  /** The type of their events; empty if their messages say none. */
  readonly type: string;
  readonly letters: readonly DeadLetter[];
}

/** What differs from message to message in reasons that are the same: ids, numbers, times. */
const PARTICULAR =
  /\b(?:[a-z]{2,5}_[A-Za-z0-9]{8,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d[\d.:TZ-]*)/g;

/** The reason as all of a group have it. */
export const gistOf = ({ reason, lastError }: Pick<DeadLetter, 'reason' | 'lastError'>): string =>
  [reason, ...(lastError === undefined || reason.includes(lastError) ? [] : [lastError])]
    .join(': ')
    .replaceAll(PARTICULAR, '…');

/** Groups of one reason and type, the largest first. */
export function groupsOf(letters: readonly DeadLetter[]): readonly Group[] {
  const groups = new Map<string, { reason: string; type: string; letters: DeadLetter[] }>();
  for (const letter of letters) {
    const [reason, type] = [gistOf(letter), letter.type ?? ''];
    const name = JSON.stringify([reason, type]);
    const group = groups.get(name) ?? { reason, type, letters: [] };
    group.letters.push(letter);
    groups.set(name, group);
  }
  return [...groups.values()].toSorted((one, other) => other.letters.length - one.letters.length);
}

/** The API takes no more names in one call. */
export const MAX_NAMED = 1_000;

/**
 * What an act is about: the digests of those that are selected and still shown, so that it never meets a dead letter that nobody
 * has looked at. Nothing, if nothing is selected.
 */
export const namedBy = (shown: readonly DeadLetter[], selected: ReadonlySet<string>): readonly string[] =>
  shown
    .map(({ digest }) => digest)
    .filter((digest, index, all) => selected.has(digest) && all.indexOf(digest) === index)
    .slice(0, MAX_NAMED);
