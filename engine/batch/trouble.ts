import * as z from 'zod';
import { EXPIRES } from '../saga/audit-index.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
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

/** What is noted of no record may be of no saga: anybody who may publish can write any id. So it is not kept for ever. */
const KEPT_SECONDS = 90 * 86_400;

export const troubleItem = (pk: string, trouble: Trouble): Item => ({
  pk,
  ...trouble,
  ...(trouble.version === undefined ? { [EXPIRES]: Math.floor(trouble.atMs / 1_000) + KEPT_SECONDS } : {}),
});

/** @throws ZodError */
export const troubleIn = (item: Item): Trouble => Trouble.parse(item);

/** What a message is about, by its id alone; undefined if that is no event of the saga. */
export function aboutIn(
  { id, eventTypes }: Saga,
  messageId: string,
): { readonly sagaId: SagaId; readonly because: string } | undefined {
  const [, subject, because = ''] = /^([^:]+):(.+)$/.exec(messageId) ?? [];
  const { data: sagaId } = id.schema.safeParse(subject);
  return sagaId === undefined || !eventTypes.includes(because) ? undefined : { sagaId, because };
}

/** Whether the participant has not gone on since. */
export function isStill(trouble: Trouble, record: SagaRecord<unknown> | undefined): boolean {
  if (trouble.overMs !== undefined) return false;
  if (record === undefined) return true;
  return trouble.version === undefined
    ? record.updatedAtMs <= trouble.atMs
    : record.version === trouble.version;
}
