import * as z from 'zod';
import { decodeCursor, encodeCursor } from '../http/paging.ts';
import { Problem } from '../http/problem.ts';
import type { DeadLetterPage } from './dead-letter-queues.ts';
import type { RestView } from './dead-letter-view.ts';
import type { PageRequest, Placed } from './page.ts';

/**
 * How many messages one call shows or moves. A call reads the whole queue and holds the bodies of these in memory.
 */
export const MAX_MESSAGES = 2_000;
const MAX_NAMED = 1_000;

const text = (max: number) => z.string().min(1).max(max);
const named = (name: z.ZodType<string>) => z.array(name).min(1).max(MAX_NAMED).optional();

/** Which dead letters a request is about: those that fit all of it. An empty list would fit none, and is refused. */
export const selectionMembers = {
  messageIds: named(text(255)),
  digests: named(z.string().regex(/^[0-9a-f]{32}$/, 'must be a digest from the list of dead letters')),
  type: text(255).optional(),
  reasonIncludes: text(500).optional(),
  first: z.int().min(1).max(MAX_MESSAGES).optional(),
  cursor: text(500).optional(),
};
const Selection = z.object(selectionMembers);
export type Selection = z.infer<typeof Selection>;

export const DeadLetterCursor = z.strictObject({ place: z.string().min(1).max(200), copies: z.int().min(0) });

/** Whether it says anything of the dead letters themselves, and not only how many. */
export const isNarrow = ({ messageIds, digests, type, reasonIncludes }: Partial<Selection>): boolean =>
  [messageIds, digests, type, reasonIncludes].some((each) => each !== undefined);

const fits = ({ messageIds, digests, type, reasonIncludes }: Selection) => {
  const [ids, known] = [messageIds && new Set(messageIds), digests && new Set(digests)];
  return ({ delivery, digest, reason }: Placed): boolean =>
    (ids === undefined || ids.has(delivery.messageId)) &&
    (known === undefined || known.has(digest)) &&
    (type === undefined || type === delivery.type) &&
    (reasonIncludes === undefined || reason.includes(reasonIncludes));
};

/** @throws Problem 400 */
export const pageOf = (selection: Selection, maxBytes: number): PageRequest => ({
  from: selection.cursor === undefined ? undefined : decodeCursor(selection.cursor, DeadLetterCursor),
  limit: selection.first ?? MAX_MESSAGES,
  maxBytes,
  selects: fits(selection),
});

/** @throws Problem 404 if none of the dead letters that the request names is there */
export function checkFound(
  { messageIds, digests, cursor }: Selection,
  { deadLetters, isWhole }: DeadLetterPage,
): void {
  if (deadLetters.length > 0 || cursor !== undefined || !isWhole) return;
  if (messageIds === undefined && digests === undefined) return;
  throw new Problem(
    'not-found',
    'None of these is a dead letter here. If another call holds them, send the request again.',
  );
}

/**
 * Where the caller goes on. Copies are numbered anew once some have left, so those do not count.
 *
 * @param left for each that was dealt with, whether it has left the queue for good; the page may hold more
 */
export function rest({ deadLetters, hasMore, isWhole }: DeadLetterPage, left: readonly boolean[]): RestView {
  const more = hasMore || left.length < deadLetters.length;
  const last = deadLetters[left.length - 1];
  if (!more || last === undefined) return { more, isWhole };
  const { place, copy } = last;
  const gone = deadLetters.filter((each, index) => each.place === place && left[index]).length;
  return { more, cursor: encodeCursor({ place, copies: copy + 1 - gone }), isWhole };
}
