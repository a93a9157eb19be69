import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { bodyOf, http, json, pathOf, requireRole } from '../runtime/http.ts';
import { fingerprintOf, idempotencyKeyOf, receiptIdFor } from '../runtime/idempotency-key.ts';
import { liveEdges } from '../runtime/live.ts';
import { Problem } from '../runtime/problem.ts';
import { StoreUnavailableError, type WriteResult } from '../runtime/store.ts';
import { Sku } from '../saga/ids.ts';
import { stockKey } from './decide.ts';
import { stockOf } from './table.ts';

const Receipt = z.strictObject({ quantity: z.int().min(1).max(1_000_000) });

/** A counter that many orders change at once makes some transactions lose; a few tries get through. */
const MAX_TRIES = 5;

/** POST /stock/{sku}/receipts: goods received are added exactly once, however often the request is sent. */
export const receiveStock = (edges: Edges) =>
  http(async (event) => {
    const { id: operator } = requireRole(event, 'operator');
    const sku = pathOf(event, 'sku', Sku);
    const key = idempotencyKeyOf(event);
    const receipt = bodyOf(event, Receipt);
    const fingerprint = fingerprintOf(receipt);
    const pk = `RECEIPT#${receiptIdFor(operator, sku, key)}`;
    const item = { pk, fingerprint, ...receipt, receivedAt: new Date(edges.now()).toISOString() };
    const add = () =>
      edges.store.write([
        { kind: 'put', item, expects: 'absent' },
        { kind: 'add', key: stockKey(sku), attribute: 'available', delta: receipt.quantity, relyingOn: {} },
      ]);

    for (let tries = 1; ; tries += 1) {
      const result = await add();
      if (result.ok || isRepeat(result, fingerprint)) break;
      if (tries === MAX_TRIES) throw new StoreUnavailableError('this SKU is changed by too many at once');
    }
    const stock = (await edges.store.read([stockKey(sku)])).get(stockKey(sku));
    if (stock === undefined) throw new Problem('not-found', `There is no product with the SKU ${sku}.`);
    return json(200, stockOf(stock));
  });

/** @throws Problem 422 if the key came with another body, 404 if there is no such SKU */
function isRepeat({ refusals }: Extract<WriteResult, { ok: false }>, fingerprint: string): boolean {
  const [receipt, stock] = refusals;
  if (receipt?.cause === 'condition') {
    if (receipt.stored?.fingerprint === fingerprint) return true;
    throw new Problem('idempotency-key-reused', 'Send a new Idempotency-Key for a new receipt.');
  }
  if (stock?.cause === 'condition') throw new Problem('not-found', 'There is no product with this SKU.');
  return false;
}

export const handler = receiveStock(liveEdges('inventory'));
