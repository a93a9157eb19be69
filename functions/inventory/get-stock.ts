import type { Edges } from '../runtime/edges.ts';
import { http, json, pathOf } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { Problem } from '../runtime/problem.ts';
import { Sku } from '../saga/ids.ts';
import { stockKey } from './decide.ts';
import { stockOf } from './table.ts';

/** GET /stock/{sku} */
export const getStock = (edges: Edges) =>
  http(async (event) => {
    const sku = pathOf(event, 'sku', Sku);
    const item = (await edges.store.read([stockKey(sku)])).get(stockKey(sku));
    if (item === undefined) throw new Problem('not-found', `There is no product with the SKU ${sku}.`);
    return json(200, stockOf(item));
  });

export const handler = getStock(liveEdges('inventory'));
