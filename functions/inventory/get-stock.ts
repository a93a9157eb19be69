import type { TableEdges } from '../../engine/batch/edges.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { json } from '../../engine/http/http.ts';
import { caller } from '../../engine/http/identity.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { Problem } from '../../engine/http/problem.ts';
import { liveTable } from '../../engine/live-table.ts';
import { Sku } from '../ids.ts';
import { shop } from '../shop.ts';
import { stockFor } from './availability.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { stockOf } from './table.ts';

/** GET /stock/{sku} */
export const getStock = (edges: TableEdges) =>
  endpoint(shop, [caller(shop), pathParameter('sku', Sku)], async ({ caller, parameter: sku }) => {
    const item = (await edges.store.read([stockKey(sku)])).get(stockKey(sku));
    if (item === undefined) throw new Problem('not-found', `There is no product with the SKU ${sku}.`);
    return json(200, stockFor(caller, stockOf(item)));
  });

export const handler = getStock(liveTable(inventory));
