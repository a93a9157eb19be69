import { fromItem } from '../batch/record.ts';
import { type Item, type Store, StoreUnavailableError } from '../batch/store.ts';
import { isStill, type Trouble, troubleIn, troubleKey } from '../batch/trouble.ts';
import type { SagaId } from '../saga/ids.ts';
import type { SagaRecord, Table } from '../saga/table.ts';

export type AnyState = { readonly status: string } & Readonly<Record<string, unknown>>;
export type AnyRecord = SagaRecord<AnyState>;

/** A participant's table, which is only read. */
export interface Viewed {
  readonly service: string;
  readonly table: Table<{ readonly status: string }>;
  readonly store: Pick<Store, 'read' | 'query'>;
}

/** The record in an item; undefined if nobody can read it. */
export function recordIn({ table }: Viewed, item: Item): AnyRecord | undefined {
  try {
    return fromItem(table, item) as AnyRecord;
  } catch {
    return undefined;
  }
}

export interface Views {
  readonly initiator: Viewed;
  readonly others: readonly Viewed[];
}

/** What one participant has of a saga. */
export interface Part {
  readonly service: string;
  /** Undefined if it has heard nothing of the saga, or if nobody can say. */
  readonly record: AnyRecord | undefined;
  /** Why nobody can say what it has. */
  readonly unknown?: string | undefined;
  /** What it last failed on. */
  readonly trouble: Trouble | undefined;
  /** Whether it is still in that trouble. */
  readonly isInTrouble: boolean;
}

/** A saga as its participants have it, the initiator first. */
export interface Seen {
  readonly sagaId: SagaId;
  readonly record: AnyRecord;
  /** When the schedule comes to it next, in seconds since 1970; undefined if nothing is open. */
  readonly dueEpochSeconds: number | undefined;
  readonly parts: readonly Part[];
}

/**
 * Reads sagas at all participants, two items each. A saga that the initiator does not have is absent from the answer. Another
 * participant whose table does not answer hides nothing of what the others have.
 * @throws StoreUnavailableError if the initiator's table does not answer, or ZodError if its record cannot be read
 */
export async function see(
  { initiator, others }: Views,
  sagaIds: readonly SagaId[],
): Promise<ReadonlyMap<SagaId, Seen>> {
  const views = [initiator, ...others];
  const read = await Promise.allSettled(
    views.map(({ table, store }) =>
      store.read(sagaIds.flatMap((sagaId) => [table.key(sagaId), troubleKey(table, sagaId)])),
    ),
  );
  const [own = new Map<string, Item>(), ...theirs] = read.map((each) => {
    if (each.status === 'fulfilled') return each.value;
    if (each.reason instanceof StoreUnavailableError) return each.reason;
    throw each.reason;
  });
  if (own instanceof StoreUnavailableError) throw own;
  const items = [own, ...theirs];
  const seen = sagaIds.flatMap((sagaId): (readonly [SagaId, Seen])[] => {
    const item = own.get(initiator.table.key(sagaId));
    if (item === undefined) return [];
    const record = fromItem(initiator.table, item) as AnyRecord;
    const parts = views.map((view, index) => partOf(view, items[index], sagaId));
    const due = item.dueEpochSeconds;
    return [[sagaId, { sagaId, record, parts, dueEpochSeconds: typeof due === 'number' ? due : undefined }]];
  });
  return new Map(seen);
}

type Read = ReadonlyMap<string, Item> | StoreUnavailableError | undefined;

function partOf({ service, table }: Viewed, items: Read, sagaId: SagaId): Part {
  if (items === undefined || items instanceof StoreUnavailableError) {
    const unknown = items === undefined ? 'its table was not read' : unanswered(items);
    return { service, record: undefined, unknown, trouble: undefined, isInTrouble: false };
  }
  const item = items.get(table.key(sagaId));
  const record = readable(() => item && (fromItem(table, item) as AnyRecord));
  const noted = items.get(troubleKey(table, sagaId));
  // One that another version has noted in another way says nothing.
  const trouble = readable(() => noted && troubleIn(noted));
  return {
    service,
    record,
    ...(item === undefined || record !== undefined ? {} : { unknown: 'its record cannot be read' }),
    trouble,
    isInTrouble: trouble !== undefined && isStill(trouble, record),
  };
}

/**
 * Why a table does not answer, by the name of the error: its message may name accounts and roles.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export const unanswered = ({ cause, name }: StoreUnavailableError): string =>
  `its table cannot be read: ${cause instanceof Error ? cause.name : name}`;

function readable<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
