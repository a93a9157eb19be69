import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { http, json } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { cursorOf, encodeCursor, limitOf } from '../runtime/paging.ts';
import { Sku } from '../saga/ids.ts';
import { stockKey } from './decide.ts';
import { CATALOGUE, stockOf } from './table.ts';

const Cursor = z.object({ sku: Sku });

/** GET /stock: every product by SKU, with what is available now. */
export const listStock = (edges: Edges) =>
  http(async (event) => {
    const cursor = cursorOf(event, Cursor);
    const { entries, next } = await edges.store.query({
      index: CATALOGUE,
      partition: ['catalogue', CATALOGUE],
      limit: limitOf(event),
      after: cursor && { pk: stockKey(cursor.sku), catalogue: CATALOGUE, sku: cursor.sku },
    });
    const items = await edges.store.read(entries.map(({ pk }) => pk));
    const position = next && Cursor.parse(next);
    return json(200, {
      items: entries.flatMap(({ pk }) => items.get(pk) ?? []).map(stockOf),
      ...(position ? { cursor: encodeCursor(position) } : {}),
    });
  });

export const handler = listStock(liveEdges('inventory'));
