import * as z from 'zod';
import type { SagaId } from '../saga/ids.ts';
import type { SagaRecord, Table } from '../saga/table.ts';
import type { Item } from './store.ts';

/** How the keys of the items begin that say what a participant has last failed on. */
export const TROUBLE = 'trouble#';

/**
 * What a participant last failed on, or had to put off, for one saga. It stands beside the record, so that nothing is
 * written more where all goes well, and it decides nothing: without it the saga goes the same way.
 */
const Trouble = z.object({
  atMs: z.number(),
  /** The event that could not be handled. */
  because: z.string(),
  /** An error as dead letters have it, or a reason: no words of the outside, and nothing of a person. */
  error: z.string(),
  /** How often the message has failed. */
  attempts: z.int(),
  /** When its delay queue gives the message back, or a little later. Absent: the schedule has to ask again, or a person. */
  nextTryMs: z.number().optional(),
  /** The message is a dead letter now. */
  isDeadLetter: z.literal(true).optional(),
  /** The record's at that time, if it was known. */
  version: z.int().optional(),
  /** The same message was handled later. */
  overMs: z.number().optional(),
});
export type Trouble = Readonly<z.infer<typeof Trouble>>;

export const troubleKey = (table: Pick<Table<never>, 'key'>, sagaId: SagaId): string =>
  `${TROUBLE}${table.key(sagaId)}`;

export const troubleItem = (pk: string, trouble: Trouble): Item => ({ pk, ...trouble });

/** @throws ZodError */
export const troubleIn = (item: Item): Trouble => Trouble.parse(item);

/** Whether the participant has not gone on since. */
export function isStill(trouble: Trouble, record: SagaRecord<unknown> | undefined): boolean {
  if (trouble.overMs !== undefined) return false;
  if (record === undefined) return true;
  return trouble.version === undefined
    ? record.updatedAtMs <= trouble.atMs
    : record.version === trouble.version;
}
