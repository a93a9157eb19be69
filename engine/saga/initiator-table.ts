import * as z from 'zod';
import type { TableIndex } from './declaration.ts';
import { overwritingFlaws } from './declaration-flaws.ts';
import { DeclarationError } from './define-saga.ts';
import { heardSchema } from './heard.ts';
import type { Begun, InitiatorState } from './initiator.ts';
import { impersonal, personal } from './personal-data.ts';
import type { Saga } from './saga.ts';
import type { Table } from './table.ts';

/** Sagas that wait for something. Sparse: a saga that has ended and told its outcome has no `dueEpochSeconds`. */
export const DUE = 'due';

/** Spreads the sparse index over partitions, so many waiting sagas make none of them hot. */
const DUE_SHARDS = 8;
export const dueShards: readonly string[] = Array.from({ length: DUE_SHARDS }, (_, shard) => `due-${shard}`);

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
    indexed: ({ sagaId, state, updatedAtMs }) => ({
      [saga.owner]: (state as Readonly<Record<string, unknown>>)[saga.owner] as string,
      createdAtMs: state.createdAtMs,
      ...(isWaiting(state)
        ? {
            dueShard: dueShardOf(sagaId),
            dueEpochSeconds: Math.ceil(updatedAtMs / 1000) + NUDGE_AFTER_SECONDS,
          }
        : {}),
    }),
  };
}

/** Whether the schedule looks after it. */
const isWaiting = (state: { readonly status: string; readonly isUntold?: unknown }): boolean =>
  state.status === 'PENDING' || state.status === 'CANCELLING' || state.isUntold === true;

function dueShardOf(sagaId: string): string {
  const shard = sagaId.charCodeAt(sagaId.length - 1) % DUE_SHARDS;
  return `due-${shard}`;
}
