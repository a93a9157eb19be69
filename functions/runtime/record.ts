import * as z from 'zod';
import { OrderId } from '../saga/ids.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Item } from './store.ts';

/** Bounds an item's size. No participant takes a third as many steps for one order. */
const MAX_HISTORY = 30;

const HistoryEntry = z.object({ at: z.string(), status: z.string(), because: z.string() });
export type HistoryEntry = Readonly<z.infer<typeof HistoryEntry>>;

/**
 * A participant's one item per order. It holds the new state, the proof that the step was done, and the
 * events to publish, so that one conditional write covers all three.
 */
export interface SagaRecord<State> {
  readonly orderId: OrderId;
  readonly version: number;
  readonly state: State;
  /** The bodies of the events this record says, as they were and will be published. */
  readonly outbox: readonly string[];
  readonly history: readonly HistoryEntry[];
  readonly updatedAtMs: number;
}

/** How a participant keeps its records in its table. */
export interface Table<State> {
  key(orderId: OrderId): string;
  readonly schema: z.ZodType<State>;
  /** Attributes that indexes are built on. */
  indexed?(record: SagaRecord<State>): Readonly<Record<string, string | number>>;
}

const Stored = z.object({ version: z.int(), outbox: z.string(), record: z.string() });
const Body = z.object({
  orderId: OrderId,
  updatedAtMs: z.number(),
  state: z.unknown(),
  history: z.array(HistoryEntry).readonly(),
});

/** A JSON text has no line break of its own. */
const BETWEEN_BODIES = '\n';

/**
 * Few attributes, since nobody asks DynamoDB for a part of a record: each one more makes the item larger, and takes the
 * client, and the table's emulator even more, longer. What is not a condition, an index's or for people to look for is
 * one JSON text, and the outbox one body a line.
 */
export function toItem<State extends { readonly status: string }>(
  table: Table<State>,
  record: SagaRecord<State>,
): Item {
  const { orderId, version, state, outbox, history, updatedAtMs } = record;
  return {
    pk: table.key(orderId),
    status: state.status,
    ...table.indexed?.(record),
    version,
    outbox: outbox.join(BETWEEN_BODIES),
    record: JSON.stringify({ orderId, updatedAtMs, state, history }),
  };
}

/**
 * Neither an item nor its record ever changes: who asks again, as a claim and a batch do, need not parse again. The
 * latest ones only, and not a WeakMap, through which every garbage collection would have to look.
 */
const read = new Map<Item, SagaRecord<unknown>>();
const MAX_READ = 100;

export function fromItem<State>(table: Table<State>, item: Item): SagaRecord<State> {
  // An item is of one table only.
  const known = read.get(item) as SagaRecord<State> | undefined;
  if (known !== undefined) return known;
  const { version, outbox, record: text } = Stored.parse(item);
  const { orderId, updatedAtMs, state, history } = Body.parse(JSON.parse(text));
  const record = {
    orderId,
    version,
    state: table.schema.parse(state),
    outbox: outbox === '' ? [] : outbox.split(BETWEEN_BODIES),
    history,
    updatedAtMs,
  };
  if (read.size === MAX_READ) read.clear();
  read.set(item, record);
  return record;
}

/** The record after one more step. */
export function next<State extends { readonly status: string }>(
  before: SagaRecord<State> | undefined,
  step: {
    readonly orderId: OrderId;
    readonly state: State;
    /** Undefined: what the record said before still stands. */
    readonly outbox: readonly string[] | undefined;
    readonly because: string;
    readonly nowMs: number;
  },
): SagaRecord<State> {
  const { orderId, state, because, nowMs } = step;
  const entry = { at: isoTime(nowMs), status: state.status, because };
  return {
    orderId,
    version: (before?.version ?? 0) + 1,
    state,
    outbox: step.outbox ?? before?.outbox ?? [],
    history: [...(before?.history ?? []), entry].slice(-MAX_HISTORY),
    updatedAtMs: nowMs,
  };
}
