import * as z from 'zod';
import type { Edges } from '../../engine/batch/edges.ts';
import { writeAmongOthers } from '../../engine/batch/write-with-retries.ts';
import { bodyOf, http, json, requireRole } from '../../engine/http/http.ts';
import { Problem } from '../../engine/http/problem.ts';
import { liveEdges } from '../../engine/live.ts';
import { Sku } from '../ids.ts';
import { AmountMinor, Currency } from '../money.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { catalogueEntry, MAX_AVAILABLE, stockOf } from './table.ts';

const NewStock = z.strictObject({
  available: z.int().min(0).max(MAX_AVAILABLE),
  unitPriceMinor: AmountMinor,
  currency: Currency,
});

/** PUT /stock/{sku}: a stocktake. It says what is on the shelf now, besides what is held for orders. */
export const putStock = (edges: Edges) =>
  http(async (event) => {
    requireRole(event, 'operator');
    const sku = Sku.safeParse(event.pathParameters?.sku);
    if (!sku.success) {
      throw new Problem('invalid-content', 'A SKU has 1 to 64 letters, digits, dots, dashes or underscores.');
    }
    const stock = {
      sku: sku.data,
      ...bodyOf(event, NewStock),
      stocktakenAt: new Date(edges.now()).toISOString(),
    };
    const item = { pk: stockKey(sku.data), ...stock };
    // One after the other, since two in a transaction cost twice: an entry without stock is listed by nobody.
    for (const each of [catalogueEntry(sku.data), item])
      await writeAmongOthers(edges.store, [{ kind: 'put', item: each, expects: 'anything' }]);
    return json(200, stockOf(item));
  });

export const handler = putStock(liveEdges(inventory));
