import type { Item } from '../../../engine/batch/store.ts';
import { putStock } from '../../../functions/inventory/put-stock.ts';
import { requestOf } from '../actors/request.ts';
import { isOfAudit } from '../checker/audit.ts';
import { Table } from '../world/table.ts';
import { BEGIN_MS } from '../world/world.ts';

/** What an operator says of a product. */
export interface Product {
  readonly sku: string;
  readonly available: number;
  readonly unitPriceMinor: number;
  readonly currency: string;
}

/** An item of stock and its entry in the catalogue as the product itself writes them, made once and varied for every run. */
async function stocktake(): Promise<readonly Item[]> {
  const table = new Table();
  const edges = {
    now: () => BEGIN_MS,
    userOf: (service: string) => service,
    publisher: { publish: () => Promise.reject(new Error('a stocktake says nothing')) },
    store: {
      read: (keys: readonly string[]) => Promise.resolve(table.read(keys)),
      query: () => Promise.reject(new Error('a stocktake lists nothing')),
      write: (...[writes]: Parameters<Table['write']>) => Promise.resolve(table.write(writes)),
    },
  };
  const body = { available: 0, unitPriceMinor: 1, currency: 'EUR', reason: 'counted' };
  const request = { method: 'PUT', by: 'operator', role: 'operator', path: { sku: 'any' }, body } as const;
  await putStock(edges)(requestOf(request), {} as never);
  return [...table.items.values()].filter(({ pk }) => !isOfAudit(pk));
}

const templates = await stocktake();

export const stockItems = (stock: Product): readonly Item[] =>
  templates.map(({ pk, ...item }) => ({
    ...item,
    pk: pk.replace(/#.*/, `#${stock.sku}`),
    ...('available' in item ? stock : { sku: stock.sku }),
  }));
