import * as z from 'zod';
import type { TableEdges } from '../../engine/batch/edges.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { json } from '../../engine/http/http.ts';
import { caller } from '../../engine/http/identity.ts';
import { cursor, encodeCursor, limit } from '../../engine/http/paging.ts';
import { liveTable } from '../../engine/live-table.ts';
import { Sku } from '../ids.ts';
import { shop } from '../shop.ts';
import { stockFor } from './availability.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { CATALOGUE, catalogueEntry, stockOf } from './table.ts';

/** An entry of the index, and the content of a cursor. */
const Entry = z.object({ sku: Sku });

/** GET /stock: every product by SKU, with its stock now. */
export const listStock = (edges: TableEdges) =>
  endpoint(shop, [caller(shop), cursor(Entry), limit()], async ({ caller, cursor, limit }) => {
    const { entries, next } = await edges.store.query({
      index: CATALOGUE,
      partition: ['catalogue', CATALOGUE],
      limit,
      after: cursor && catalogueEntry(cursor.sku),
    });
    const keys = entries.map((entry) => stockKey(Entry.parse(entry).sku));
    const items = await edges.store.read(keys);
    const position = next && Entry.parse(next);
    return json(200, {
      items: keys.flatMap((key) => items.get(key) ?? []).map((item) => stockFor(caller, stockOf(item))),
      ...(position ? { cursor: encodeCursor(position) } : {}),
    });
  });

export const handler = listStock(liveTable(inventory));
