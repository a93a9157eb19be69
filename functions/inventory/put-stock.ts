import * as z from 'zod';
import { auditWrite, type Facts } from '../../engine/audit/entry.ts';
import type { TableEdges } from '../../engine/batch/edges.ts';
import { type Item, StoreUnavailableError } from '../../engine/batch/store.ts';
import { writeAmongOthers } from '../../engine/batch/write-with-retries.ts';
import { actorOf } from '../../engine/http/actor.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { FreeText } from '../../engine/http/free-text.ts';
import { json } from '../../engine/http/http.ts';
import { role } from '../../engine/http/identity.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { Problem } from '../../engine/http/problem.ts';
import { liveTable } from '../../engine/live-table.ts';
import { flawOfPrice } from '../currencies.ts';
import { Sku } from '../ids.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { catalogueEntry, MAX_AVAILABLE, STOCK_ROLE, stockOf } from './table.ts';
import type { StockView } from './view.ts';

/** An order at a price that no card can be charged could only be cancelled. What is stored already stays readable. */
const Stocktake = z
  .strictObject({
    available: z.int().min(0).max(MAX_AVAILABLE),
    unitPriceMinor: AmountMinor,
    currency: Currency,
    reason: FreeText,
  })
  .superRefine((stock, context) => {
    const flaw = flawOfPrice(stock);
    if (flaw !== undefined) context.addIssue({ code: 'custom', path: [flaw.member], message: flaw.message });
  })
  .describe(
    'The currency is one that Stripe charges in, and the price a multiple of its smallest coin: of 10 in those with three decimals, of 100 in ISK and UGX.',
  );

/** A PUT creates the SKU in its path, so a malformed one is invalid content and not a 404. */
const malformedSku = () =>
  new Problem('invalid-content', 'A SKU has 1 to 64 letters, digits, dots, dashes or underscores.');

const checks = [
  role(shop, STOCK_ROLE),
  pathParameter('sku', Sku, malformedSku),
  jsonBody(Stocktake),
] as const;

/** The stock of a SKU that sells may change between the read and the write. A few tries get through. */
const MAX_TRIES = 8;

/** PUT /stock/{sku}: a stocktake. It sets the stock on the shelf, not counting stock held for orders. */
export const putStock = (edges: TableEdges) =>
  endpoint(shop, checks, async ({ caller, parameter: sku, body: { reason, ...stock } }, event) => {
    const key = stockKey(sku);
    const actor = actorOf(caller, event);
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const stored = (await edges.store.read([key])).get(key);
      const nowMs = edges.now();
      const item = { pk: key, sku, ...stock, stocktakenAt: new Date(nowMs).toISOString() };
      const [before, after] = [stored === undefined ? {} : factsOf(stored), factsOf(item)];
      const act = { act: 'stocktake', about: [sku], before, after, reason };
      // In a transaction, since the SDK's own retry of one has no second effect: by then some of the stock may be reserved.
      const result = await writeAmongOthers(edges.store, [
        { kind: 'put', item, expects: stored === undefined ? 'absent' : before },
        auditWrite(actor, act, nowMs, sku, actor.requestId),
        { kind: 'put', item: catalogueEntry(sku), expects: 'anything' },
      ]);
      // This very request was carried out before.
      if (result.ok || result.refusals[1]?.cause === 'condition')
        return json(200, stockOf(item) satisfies StockView);
    }
    throw new StoreUnavailableError(`the stock of ${sku} kept changing`);
  });

/** What a stocktake sets. */
function factsOf(item: Item): Facts {
  const { available, unitPriceMinor, currency } = stockOf(item);
  return { available, unitPriceMinor, currency };
}

export const handler = putStock(liveTable(inventory));
