import { forgotten } from '../batch/forget.ts';
import { fromItem } from '../batch/record.ts';
import type { Item } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import type { Saga } from '../saga/saga.ts';
import { forgetTroubles } from './forget-trouble.ts';
import {
  type AnyRecord,
  endedMs,
  forget,
  type Keeper,
  type Keepers,
  nobodyWants,
  together,
} from './keepers.ts';

export interface Terms {
  readonly saga: Saga;
  readonly keepers: Keepers;
  /** Sagas that have ended later stay as they are. */
  readonly untilMs: number;
  /** Nothing is written. */
  readonly dryRun: boolean;
  /** The tables are scanned, so what has failed in a saga is found by itself. */
  readonly isScan?: true;
}

/** What has become of a saga. `open`: it goes on, has ended too lately, or somebody has written to it in between. */
export type End = 'forgotten' | 'open' | 'failed';

/**
 * Forgets sagas that have ended, at each participant, by the initiator's items. The initiator is last: a saga that its index
 * does not show any more is forgotten by all. Those that are forgotten already have no end here.
 *
 * @throws StoreUnavailableError
 */
export async function forgetSagas(terms: Terms, items: readonly Item[]): Promise<readonly End[]> {
  const { initiator, others } = terms.keepers;
  const due = items.map((item) => [item, dueIn(terms, item)] as const);
  const sagaIds = due.flatMap(([, record]) => (typeof record === 'object' ? [record.sagaId] : []));
  const kept = await together(
    others.map(({ table, store }) => store.read(sagaIds.map((sagaId) => table.key(sagaId)))),
  );
  const ends = due.map(async ([item, record]): Promise<readonly End[]> => {
    if (record === 'forgotten') return [];
    if (typeof record === 'string') return [record];
    try {
      const records = others.flatMap((keeper, index): readonly Kept[] => {
        const found = kept[index]?.get(keeper.table.key(record.sagaId));
        return found === undefined ? [] : [[keeper, fromItem(keeper.table, found)]];
      });
      return [await forgetOne(terms, records, [initiator, record])];
    } catch (error) {
      return [failed(terms.saga, item, error)];
    }
  });
  return (await together(ends)).flat();
}

type Kept = readonly [keeper: Keeper, record: AnyRecord];

/** The initiator's record, if its saga may be forgotten. */
function dueIn({ saga, keepers: { initiator }, untilMs }: Terms, item: Item): AnyRecord | End {
  try {
    const record = fromItem(initiator.table, item);
    if (record.isForgotten) return 'forgotten';
    const atMs = endedMs(initiator, record);
    return atMs === undefined || atMs > untilMs ? 'open' : record;
  } catch (error) {
    return failed(saga, item, error);
  }
}

function failed({ id }: Saga, { pk }: Item, error: unknown): 'failed' {
  log('error', 'a saga was not forgotten', { [id.name]: pk, error: String(error) });
  return 'failed';
}

/** Of a saga of which something is under way nothing is written. What others write in between, the next run finds. */
async function forgetOne(
  { saga, keepers, dryRun, isScan }: Terms,
  others: readonly Kept[],
  begun: Kept,
): Promise<End> {
  const [initiator, first] = begun;
  const isUnwanted = (keeper: Keeper) => nobodyWants(saga, keeper, first);
  const isUnderWay = ([keeper, record]: Kept) =>
    !record.isForgotten && forgotten(keeper.table, record, isUnwanted(keeper)) === undefined;
  if ([...others, begun].some(isUnderWay)) return 'open';
  if (dryRun) return 'forgotten';
  if (!isScan) await forgetTroubles(keepers, first.sagaId);
  const fates = await together(others.map(([keeper, record]) => forget(keeper, record, isUnwanted(keeper))));
  if (fates.some((isDone) => !isDone)) return 'open';
  return (await forget(initiator, first, false)) ? 'forgotten' : 'open';
}
