import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { http, json } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { cursorOf, encodeCursor, limitOf } from '../runtime/paging.ts';
import { Sku } from '../saga/ids.ts';
import { stockKey } from './decide.ts';
import { CATALOGUE, catalogueEntry, stockOf } from './table.ts';

/** Of the index, and of a cursor. */
const Entry = z.object({ sku: Sku });

/** GET /stock: every product by SKU, with what is available now. */
export const listStock = (edges: Edges) =>
  http(async (event) => {
    const cursor = cursorOf(event, Entry);
    const { entries, next } = await edges.store.query({
      index: CATALOGUE,
      partition: ['catalogue', CATALOGUE],
      limit: limitOf(event),
      after: cursor && catalogueEntry(cursor.sku),
    });
    const keys = entries.map((entry) => stockKey(Entry.parse(entry).sku));
    const items = await edges.store.read(keys);
    const position = next && Entry.parse(next);
    return json(200, {
      items: keys.flatMap((key) => items.get(key) ?? []).map(stockOf),
      ...(position ? { cursor: encodeCursor(position) } : {}),
    });
  });

export const handler = listStock(liveEdges('inventory'));
