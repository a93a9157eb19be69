import * as z from 'zod';
import { auditWrite } from '../../engine/audit/entry.ts';
import type { TableEdges } from '../../engine/batch/edges.ts';
import type { WriteResult } from '../../engine/batch/store.ts';
import { writeAmongOthers } from '../../engine/batch/write-with-retries.ts';
import { actorOf } from '../../engine/http/actor.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { FreeText } from '../../engine/http/free-text.ts';
import { json } from '../../engine/http/http.ts';
import { fingerprintOf, idempotencyKey, keyDigest } from '../../engine/http/idempotency-key.ts';
import { role } from '../../engine/http/identity.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { Problem } from '../../engine/http/problem.ts';
import { liveTable } from '../../engine/live-table.ts';
import { Sku } from '../ids.ts';
import { shop } from '../shop.ts';
import { stockKey } from './decide.ts';
import { inventory } from './inventory.ts';
import { STOCK_ROLE, stockOf } from './table.ts';
import type { StockView } from './view.ts';

const Receipt = z.strictObject({
  quantity: z.int().min(1).max(1_000_000),
  /** The delivery note says it all, so nobody has to say why. */
  reason: FreeText.optional(),
});

const checks = [
  role(shop, STOCK_ROLE),
  pathParameter('sku', Sku),
  idempotencyKey(),
  jsonBody(Receipt),
] as const;

/** POST /stock/{sku}/receipts: goods received are added exactly once, however often the request is sent. */
export const receiveStock = (edges: TableEdges) =>
  endpoint(shop, checks, async ({ caller, parameter: sku, idempotencyKey: key, body, sent }, event) => {
    const { quantity, reason } = body;
    const fingerprint = fingerprintOf(sent);
    const pk = `RECEIPT#${keyDigest('receipt', caller.id, sku, key)}`;
    const nowMs = edges.now();
    const item = { pk, fingerprint, quantity, receivedAt: new Date(nowMs).toISOString() };
    const changed = { before: { received: 0 }, after: { received: quantity } };
    const act = { act: 'receipt', about: [sku], ...changed, reason };
    const result = await writeAmongOthers(edges.store, [
      { kind: 'put', item, expects: 'absent' },
      { kind: 'add', key: stockKey(sku), deltas: { available: quantity }, relyingOn: {} },
      auditWrite(actorOf(caller, event), act, nowMs, pk),
    ]);
    if (!result.ok) checkRepeat(result, fingerprint);
    const stock = (await edges.store.read([stockKey(sku)])).get(stockKey(sku));
    if (stock === undefined) throw new Problem('not-found', `There is no product with the SKU ${sku}.`);
    return json(200, stockOf(stock) satisfies StockView);
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

export const handler = receiveStock(liveTable(inventory));
