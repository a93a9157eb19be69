import type { Edges } from '../../engine/batch/edges.ts';
import { http, json, pathOf } from '../../engine/http/http.ts';
import { Problem } from '../../engine/http/problem.ts';
import { liveEdges } from '../../engine/live.ts';
import { Sku } from '../ids.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { stockOf } from './table.ts';

/** GET /stock/{sku} */
export const getStock = (edges: Edges) =>
  http(async (event) => {
    const sku = pathOf(event, 'sku', Sku);
    const item = (await edges.store.read([stockKey(sku)])).get(stockKey(sku));
    if (item === undefined) throw new Problem('not-found', `There is no product with the SKU ${sku}.`);
    return json(200, stockOf(item));
  });

export const handler = getStock(liveEdges(inventory));
