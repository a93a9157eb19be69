import type { Item } from '../batch/store.ts';
import { TROUBLE, troubleKey } from '../batch/trouble.ts';
import type { SagaId } from '../saga/ids.ts';
import { type Keeper, type Keepers, together } from './keepers.ts';

/** What a participant has last failed on goes with its record. */
export async function forgetTroubles({ initiator, others }: Keepers, sagaId: SagaId): Promise<void> {
  const all = [initiator, ...others];
  await together(
    all.map(({ table, store }) => store.write([{ kind: 'delete', key: troubleKey(table, sagaId) }])),
  );
}

/** The same for what a scan of a participant's table finds: nobody needs to know so long after what failed. */
export async function forgetOldTroubles(
  { store }: Keeper,
  items: readonly Item[],
  untilMs: number,
): Promise<void> {
  // Only the time is looked at: another version may have written the rest.
  const old = items.filter(({ pk, atMs }) => pk.startsWith(TROUBLE) && !(Number(atMs) > untilMs));
  await together(old.map(({ pk }) => store.write([{ kind: 'delete', key: pk }])));
}
