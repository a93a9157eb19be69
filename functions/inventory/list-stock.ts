import * as z from 'zod';
import type { Edges } from '../../engine/batch/edges.ts';
import { http, json } from '../../engine/http/http.ts';
import { cursorOf, encodeCursor, limitOf } from '../../engine/http/paging.ts';
import { liveEdges } from '../../engine/live.ts';
import { Sku } from '../ids.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
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

export const handler = listStock(liveEdges(inventory));
