import type { Store, Write } from '../../../../engine/batch/store.ts';
import type { writeAmongOthers } from '../../../../engine/batch/write-with-retries.ts';
import { bugsIn } from '../planter/bug.ts';

type WriteAmongOthers = typeof writeAmongOthers;

/** What operators do to the stock. */
export const stockBugs = [
  ...bugsIn('functions/inventory/receive-stock.ts', [
    {
      name: 'a receipt added as often as it is sent',
      in: 'receiveStock',
      at: { member: 'expects' },
      plant: () => 'anything',
    },
    {
      name: 'a receipt counts double',
      in: 'receiveStock',
      at: { member: 'available' },
      plant: (original: number) => 2 * original,
    },
    {
      name: 'a receipt of one operator taken for another one’s of the same key',
      in: 'receiveStock',
      at: { argument: 3, of: 'keyDigest' },
      plant: (key: string) => String(key.length),
    },
    {
      name: 'a receipt of one SKU taken for another one’s of the same key',
      in: 'receiveStock',
      at: { argument: 2, of: 'keyDigest' },
      plant: () => 'any',
    },
  ]),
  ...bugsIn('functions/inventory/put-stock.ts', [
    {
      name: 'a product that no catalogue lists',
      in: 'putStock',
      at: { call: 'catalogueEntry' },
      plant: () => ({ pk: 'LOST' }),
    },
    {
      name: 'a stocktake confirmed although others were in its way',
      in: 'putStock',
      at: { call: 'writeAmongOthers' },
      plant: async (original: () => Promise<unknown>) => {
        await original();
        return { ok: true };
      },
    },
  ]),
  ...bugsIn('engine/batch/write-with-retries.ts', [
    {
      name: 'a receipt refused because others were in its way',
      in: 'writeAmongOthers',
      plant:
        (original: WriteAmongOthers): WriteAmongOthers =>
        (store: Store, writes: readonly Write[]) =>
          writes.some(({ kind }) => kind === 'add') ? store.write(writes) : original(store, writes),
    },
  ]),
];
