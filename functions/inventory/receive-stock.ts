import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { bodyOf, http, json, pathOf, requireRole } from '../runtime/http.ts';
import { fingerprintOf, idempotencyKeyOf, receiptIdFor } from '../runtime/idempotency-key.ts';
import { liveEdges } from '../runtime/live.ts';
import { Problem } from '../runtime/problem.ts';
import type { WriteResult } from '../runtime/store.ts';
import { writeAmongOthers } from '../runtime/write-among-others.ts';
import { Sku } from '../saga/ids.ts';
import { stockKey } from './decide.ts';
import { stockOf } from './table.ts';

const Receipt = z.strictObject({ quantity: z.int().min(1).max(1_000_000) });

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
    const result = await writeAmongOthers(edges.store, [
      { kind: 'put', item, expects: 'absent' },
      { kind: 'add', key: stockKey(sku), attribute: 'available', delta: receipt.quantity, relyingOn: {} },
    ]);
    if (!result.ok) checkRepeat(result, fingerprint);
    const stock = (await edges.store.read([stockKey(sku)])).get(stockKey(sku));
    if (stock === undefined) throw new Problem('not-found', `There is no product with the SKU ${sku}.`);
    return json(200, stockOf(stock));
  });

/** @throws Problem 422 if the key came with another body, 404 if there is no such SKU */
function checkRepeat(
  { refusals: [receipt] }: Extract<WriteResult, { ok: false }>,
  fingerprint: string,
): void {
  if (receipt?.cause !== 'condition') throw new Problem('not-found', 'There is no product with this SKU.');
  if (receipt.stored?.fingerprint !== fingerprint)
    throw new Problem('idempotency-key-reused', 'Send a new Idempotency-Key for a new receipt.');
}

export const handler = receiveStock(liveEdges('inventory'));
