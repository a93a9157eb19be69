import * as z from 'zod';
import type { TableEdges } from '../../engine/batch/edges.ts';
import { writeAmongOthers } from '../../engine/batch/write-with-retries.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { json } from '../../engine/http/http.ts';
import { role } from '../../engine/http/identity.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { Problem } from '../../engine/http/problem.ts';
import { OPERATOR } from '../../engine/http/role.ts';
import { liveTable } from '../../engine/live-table.ts';
import { flawOfPrice } from '../currencies.ts';
import { Sku } from '../ids.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { catalogueEntry, MAX_AVAILABLE, stockOf } from './table.ts';

/** An order at a price that no card can be charged could only be cancelled. What is stored already stays readable. */
const NewStock = z
  .strictObject({
    available: z.int().min(0).max(MAX_AVAILABLE),
    unitPriceMinor: AmountMinor,
    currency: Currency,
  })
  .superRefine((stock, context) => {
    const flaw = flawOfPrice(stock);
    if (flaw !== undefined) context.addIssue({ code: 'custom', path: [flaw.member], message: flaw.message });
  });

/** A PUT creates the SKU in its path, so a malformed one is invalid content and not a 404. */
const malformedSku = () =>
  new Problem('invalid-content', 'A SKU has 1 to 64 letters, digits, dots, dashes or underscores.');

const checks = [role(shop, OPERATOR), pathParameter('sku', Sku, malformedSku), jsonBody(NewStock)] as const;

/** PUT /stock/{sku}: a stocktake. It sets the stock on the shelf, not counting stock held for orders. */
export const putStock = (edges: TableEdges) =>
  endpoint(shop, checks, async ({ parameter: sku, body }) => {
    const item = { pk: stockKey(sku), sku, ...body, stocktakenAt: new Date(edges.now()).toISOString() };
    // In a transaction, since the SDK's own retry of one has no second effect: by then some of the stock may be reserved.
    await writeAmongOthers(
      edges.store,
      [catalogueEntry(sku), item].map((each) => ({ kind: 'put', item: each, expects: 'anything' })),
    );
    return json(200, stockOf(item));
  });

export const handler = putStock(liveTable(inventory));
