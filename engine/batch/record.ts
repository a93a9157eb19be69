import * as z from 'zod';
import type { SagaId } from '../saga/ids.ts';
import { isoTime } from '../saga/iso-time.ts';
import { perSaga } from '../saga/per-saga.ts';
import type { HistoryEntry, SagaRecord, Table } from '../saga/table.ts';
import { anonymous } from './forget.ts';
import type { Item } from './store.ts';

/** Bounds an item's size. A participant takes fewer than ten steps for one saga. */
const MAX_HISTORY = 30;
const FIRST_FORMAT = 1;

/** The members that are left differ, and no schema of a table knows them. */
const Forgotten = z.looseObject({ status: z.string() });

const Stored = z.object({ version: z.int(), outbox: z.string(), record: z.string() });
const bodyOf = perSaga(({ id }) =>
  z.object({
    [id.name]: id.schema,
    updatedAtMs: z.number(),
    state: z.unknown(),
    history: z.array(z.object({ at: z.string(), status: z.string(), because: z.string() })),
    format: z.int().min(FIRST_FORMAT).default(FIRST_FORMAT),
    forgotten: z.literal(true).optional(),
  }),
);

/** JSON.stringify writes no line breaks. */
const BETWEEN_BODIES = '\n';

/**
 * Few attributes: each one makes the item larger and slower to marshal, and nobody reads a part of a record. Attributes
 * are what conditions, indexes and people look for. The rest is one JSON text. The outbox is one body a line.
 */
export function toItem<State extends { readonly status: string }>(
  table: Table<State>,
  record: SagaRecord<State>,
): Item {
  const { sagaId, version, state, outbox, history, updatedAtMs, format, unknown, isForgotten } = record;
  return {
    ...(unknown?.item as Item | undefined),
    pk: table.key(sagaId),
    status: state.status,
    // No index leads to what is forgotten.
    ...(isForgotten ? {} : table.indexed?.(record)),
    version,
    outbox: outbox.join(BETWEEN_BODIES),
    record: JSON.stringify({
      ...unknown?.record,
      [table.saga.id.name]: sagaId,
      updatedAtMs,
      state: unknown === undefined ? state : { ...unknown.state, ...state },
      ...(isForgotten ? { forgotten: true } : {}),
      history,
      ...(format === FIRST_FORMAT ? {} : { format }),
    }),
  };
}

/**
 * Items and records are immutable, so a parsed one is kept: a claim and its batch read the same item. A small Map and
 * not a WeakMap, which every garbage collection would have to scan.
 */
const read = new Map<Item, SagaRecord<unknown>>();
const MAX_READ = 100;

export function fromItem<State>(table: Table<State>, item: Item): SagaRecord<State> {
  // An item belongs to one table only.
  const known = read.get(item) as SagaRecord<State> | undefined;
  if (known !== undefined) return known;
  const record = parse(table, item);
  if (read.size === MAX_READ) read.clear();
  read.set(item, record);
  return record;
}

/** The schemas check. Members that this version of the code does not know are kept. */
function parse<State>(table: Table<State>, item: Item): SagaRecord<State> {
  const { saga } = table;
  const { version, outbox, record: text } = Stored.parse(item);
  const raw = JSON.parse(text) as Written;
  const body = bodyOf(saga);
  const { [saga.id.name]: sagaId, updatedAtMs, format, forgotten: isForgotten } = body.parse(raw);
  const written = raw.state as Written;
  const state = (isForgotten ? Forgotten : table.schema).parse(written);
  const record = {
    sagaId: sagaId as SagaId,
    version,
    state: asWritten(state as Written, written) as State,
    outbox: outbox === '' ? [] : outbox.split(BETWEEN_BODIES),
    history: raw.history as readonly HistoryEntry[],
    updatedAtMs: updatedAtMs as number,
    format: format as number,
    ...(isForgotten === true ? ({ isForgotten } as const) : {}),
  };
  const unknown = {
    item: unknownIn(item, ATTRIBUTES, () => table.indexed?.(record)),
    record: unknownIn(raw, body.shape),
    state: unknownIn(written, state as Written),
  };
  return (unknown.item ?? unknown.record ?? unknown.state) ? { ...record, unknown } : record;
}

type Written = Readonly<Record<string, unknown>>;

/** The attributes of every item. */
const ATTRIBUTES: Written = { pk: '', status: '', version: 0, outbox: '', record: '' };

/** The members that another version of the code wrote. `more` gives the other known ones, if any name is in doubt. */
function unknownIn(written: Written, known: Written, more?: () => Written | undefined): Written | undefined {
  const names: string[] = [];
  for (const name in written) if (!(name in known)) names.push(name);
  if (names.length === 0) return undefined;
  const others = more?.() ?? {};
  const unknown = names.filter((name) => !(name in others));
  return unknown.length === 0 ? undefined : Object.fromEntries(unknown.map((name) => [name, written[name]]));
}

/** Members in the schema's order, each as it was written: parsing drops unknown members at any depth. */
function asWritten(known: Written, written: Written): Written {
  const members: Record<string, unknown> = {};
  for (const name in known) members[name] = name in written ? written[name] : known[name];
  return members;
}

/** The record after one more step. */
export function next<State extends { readonly status: string }>(
  table: Table<State>,
  before: SagaRecord<State> | undefined,
  step: {
    readonly sagaId: SagaId;
    readonly state: State;
    /** Undefined keeps the outbox of the record before. */
    readonly outbox: readonly string[] | undefined;
    readonly because: string;
    readonly nowMs: number;
  },
): SagaRecord<State> {
  const { sagaId, because, nowMs } = step;
  const isForgotten = before?.isForgotten;
  // What is forgotten stays so, whatever comes late.
  const state = isForgotten ? anonymous(table, step.state) : step.state;
  const entry = { at: isoTime(nowMs), status: state.status, because };
  return {
    sagaId,
    version: (before?.version ?? 0) + 1,
    state,
    outbox: step.outbox ?? before?.outbox ?? [],
    history: [...(before?.history ?? []), entry].slice(-MAX_HISTORY),
    updatedAtMs: nowMs,
    format: Math.max(table.format ?? FIRST_FORMAT, before?.format ?? FIRST_FORMAT),
    ...(before?.unknown === undefined ? {} : { unknown: before.unknown }),
    ...(isForgotten ? { isForgotten } : {}),
  };
}
