import * as z from 'zod';
import type { TableIndex } from './declaration.ts';
import { overwritingFlaws } from './declaration-flaws.ts';
import { DeclarationError } from './define-saga.ts';
import { heardSchema } from './heard.ts';
import type { Begun, InitiatorState } from './initiator.ts';
import { isoDay } from './iso-time.ts';
import { impersonal, personal } from './personal-data.ts';
import type { Saga } from './saga.ts';
import { sinceMs } from './since.ts';
import type { SagaRecord, Table } from './table.ts';

/** Sagas that wait for something. Sparse: a saga that has ended and told its outcome has no `dueEpochSeconds`. */
export const DUE = 'due';

/** Spreads the sparse index over partitions, so many waiting sagas make none of them hot. */
const DUE_SHARDS = 8;
export const dueShards: readonly string[] = Array.from({ length: DUE_SHARDS }, (_, shard) => `due-${shard}`);

/** Sagas that have ended, until they are forgotten: by the day (UTC) and the status in which they did. */
export const ENDED = 'ended';

/** The last statuses of a saga. */
export const ENDS = ['CONFIRMED', 'CANCELLED'] as const;

/** The partitions of what has ended on a day, such as `2026-11-30`, in a status: as many as of what is due. */
export const endedShards = (day: string, status: string): readonly string[] =>
  dueShards.map((_, shard) => endedShardOf(day, status, shard));

const endedShardOf = (day: string, status: string, shard: number): string => `${day} ${status} ${shard}`;

/** How long a saga may wait for the next event before it publishes its last events again. */
export const NUDGE_AFTER_SECONDS = 10;

/** An owner's sagas, newest first. Its keys never change, so a saga costs it one write. */
export const byOwner = (saga: Saga): string => `by-${saga.ownerRole}`;

/** The indexes of every initiator's table, over the attributes that `indexed` writes. */
export const initiatorIndexes = (saga: Saga): readonly TableIndex[] => [
  {
    name: byOwner(saga),
    partition: { name: saga.owner, type: 'S' },
    sort: { name: 'createdAtMs', type: 'N' },
  },
  { name: DUE, partition: { name: 'dueShard', type: 'S' }, sort: { name: 'dueEpochSeconds', type: 'N' } },
  { name: ENDED, partition: { name: 'ended', type: 'S' }, sort: { name: 'endedMs', type: 'N' } },
];

/** It may name what a failed participant was asked for. */
const Reason = z.looseObject({ code: z.string() }).meta(personal);

const answered = z.array(z.string()).readonly().meta(impersonal);
const isUntold = z.literal(true).optional().meta(impersonal);
/** Absent in what is not counted, such as every saga that was begun before sagas were: tally.ts. */
const isTallied = z.literal(true).optional().meta(impersonal);
const waits = z.record(z.string(), z.string()).optional().meta(impersonal);
const failure = z.string().meta(impersonal);

/** Members that the initiator's record has for the engine's own use. */
const ENGINES_OWN = [
  'status',
  'answered',
  'heard',
  'waits',
  'impasses',
  'isUntold',
  'isTallied',
  'reason',
  'failure',
];

/**
 * The initiator's records: the data a saga was begun with, and the saga's present state.
 * @throws DeclarationError if a member has the name of one of the engine's own
 */
export function initiatorTable<Placed extends Begun, Success extends object>(
  saga: Saga,
  placed: z.ZodObject & z.ZodType<Placed>,
  success: z.ZodObject & z.ZodType<Success>,
): Table<InitiatorState<Placed, Success>> {
  const of = <Shape extends z.ZodRawShape>(status: string, shape: Shape) =>
    z.object({ ...placed.shape, status: z.literal(status), ...shape });
  const flaws = overwritingFlaws(saga.initiator, ENGINES_OWN, [placed, success]);
  if (flaws.length > 0) throw new DeclarationError(saga.name, flaws);
  const schema: z.ZodType<unknown> = z.discriminatedUnion('status', [
    of('PENDING', { answered, heard: heardSchema.optional(), waits, impasses: waits, isTallied }),
    of('CONFIRMED', { ...success.shape, isUntold }),
    of('CANCELLING', { reason: Reason, failure, answered, waits, isTallied }),
    of('CANCELLED', { reason: Reason, isUntold }),
  ]);
  return {
    saga,
    key: (sagaId) => sagaId,
    schema: schema as z.ZodType<InitiatorState<Placed, Success>>,
    settled: (state) => (isWaiting(state) ? undefined : state),
    indexed: (record) => ({
      [saga.owner]: (record.state as Readonly<Record<string, unknown>>)[saga.owner] as string,
      createdAtMs: record.state.createdAtMs,
      ...(isWaiting(record.state) ? asDue(record) : asEnded(record)),
    }),
  };
}

/** Whether the schedule looks after it. */
const isWaiting = (state: { readonly status: string; readonly isUntold?: unknown }): boolean =>
  state.status === 'PENDING' || state.status === 'CANCELLING' || state.isUntold === true;

const asDue = ({ sagaId, updatedAtMs }: SagaRecord<unknown>) => ({
  dueShard: `due-${shardOf(sagaId)}`,
  dueEpochSeconds: Math.ceil(updatedAtMs / 1000) + NUDGE_AFTER_SECONDS,
});

/** Its keys never change, so that the end of a saga costs the index one write. */
function asEnded(record: SagaRecord<{ readonly status: string }>) {
  if (record.isForgotten) return {};
  const endedMs = sinceMs(record);
  return { ended: endedShardOf(isoDay(endedMs), record.state.status, shardOf(record.sagaId)), endedMs };
}

const shardOf = (sagaId: string): number => sagaId.charCodeAt(sagaId.length - 1) % DUE_SHARDS;
