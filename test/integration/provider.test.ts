import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Provider } from '../../functions/payment/decide.ts';
import { liveProvider } from '../../functions/payment/provider.ts';
import { OrderId } from '../../functions/shop.ts';
import { startPaymentSandbox } from '../../infra/local/payment-sandbox/server.ts';
import { line } from '../support/facts.ts';

/** Goal: asking the provider again, however late, never moves money twice. Method: the real SDK and ledger. */
const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
let sandbox: Awaited<ReturnType<typeof startPaymentSandbox>>;
let provider: Provider;

beforeAll(async () => {
  sandbox = await startPaymentSandbox({ port: 0, ledgerFile: join(dataDir, 'ledger.jsonl') });
  process.env.STRIPE_API_BASE = sandbox.url;
  process.env.STRIPE_SECRET_KEY = 'sk_test_provider';
  provider = liveProvider();
});
afterAll(async () => {
  await sandbox?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const newOrder = () => OrderId.parse(`ord_${randomBytes(18).toString('base64url')}`);
const amount = {
  lines: [{ ...line('mug', 1), unitPriceMinor: 1290 }],
  amountMinor: 1290,
  currency: 'EUR',
};
const intentFor = async (orderId: OrderId, paymentMethod: string) => {
  const answer = await provider.prepare(orderId, { ...amount, paymentMethod });
  if (!('prepared' in answer)) throw new Error(`not prepared but ${JSON.stringify(answer)}`);
  return { ...amount, paymentMethod, ...answer.prepared };
};
const ledger = async (orderId: string) => (await fetch(`${sandbox.url}/ledger?order=${orderId}`)).json();
/** As a person does at the dashboard. */
const refundByHand = (fields: Readonly<Record<string, string>>) =>
  fetch(`${sandbox.url}/v1/refunds`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_provider' },
    body: new URLSearchParams(fields),
  });

describe('the payment provider, asked again', () => {
  // Fails where a key or a search tells what happened: the one is forgotten after a day, and the other lags or is refused.
  test('for what it has charged: charged, by its id alone', async () => {
    const orderId = newOrder();
    const request = await intentFor(orderId, 'pm_card_visa');
    expect(await ledger(orderId)).toMatchObject({ captures: 0 });
    const first = await provider.call(orderId, request, false);
    expect(first).toEqual({ done: { paymentIntentId: request.paymentIntentId } });
    expect(await provider.call(orderId, request, true)).toEqual(first);
    expect(await ledger(orderId)).toMatchObject({ captures: 1 });
  });

  test('for what it has declined: declined, with the same reason', async () => {
    const orderId = newOrder();
    const request = await intentFor(orderId, 'pm_card_chargeDeclinedInsufficientFunds');
    const first = await provider.call(orderId, request, false);
    expect(first).toMatchObject({ refused: { decline: { declineCode: 'insufficient_funds' } } });
    expect(await provider.call(orderId, request, true)).toEqual(first);
  });

  test('for what it has not charged yet: charged once, or cancelled if nobody wants it', async () => {
    const [wanted, unwanted] = [newOrder(), newOrder()];
    const request = await intentFor(wanted, 'pm_card_visa');
    expect(await provider.call(wanted, request, true)).toHaveProperty('done');
    expect(await ledger(wanted)).toMatchObject({ captures: 1 });
    const cancelled = await intentFor(unwanted, 'pm_card_visa');
    const answer = { refused: { decline: { code: 'canceled' } } };
    expect(await provider.call(unwanted, cancelled, true, true)).toMatchObject(answer);
    expect(await provider.call(unwanted, cancelled, true)).toMatchObject(answer);
    expect(await ledger(unwanted)).toMatchObject({ captures: 0 });
  });

  // Fails where only the charge is looked at: the order is confirmed, and there is no money.
  test.each([{}, { amount: '100' }])(
    'for what a person has given back meanwhile (%j): revoked, and nothing is kept of it in the end',
    async (part) => {
      const orderId = newOrder();
      const request = await intentFor(orderId, 'pm_card_visa');
      await provider.call(orderId, request, false);
      await refundByHand({ payment_intent: request.paymentIntentId, 'metadata[orderId]': orderId, ...part });
      expect(await provider.call(orderId, request, true)).toMatchObject({
        refusal: { decline: { code: 'charge_refunded' } },
      });
      expect(await provider.undo(orderId, request, true)).toHaveProperty('refundId');
      expect(await ledger(orderId)).toMatchObject({ captures: 1, keptMinor: 0 });
    },
  );

  // Fails where one refund that succeeded is taken for all: 1190 of 1290 are kept.
  test('to refund what a person has refunded in part: the rest, once', async () => {
    const orderId = newOrder();
    const request = await intentFor(orderId, 'pm_card_visa');
    await provider.call(orderId, request, false);
    await refundByHand({
      payment_intent: request.paymentIntentId,
      amount: '100',
      'metadata[orderId]': orderId,
    });
    const refund = () => provider.undo(orderId, request, true);
    const first = await refund();
    expect(first).toHaveProperty('refundId');
    expect(await refund()).toEqual(first);
    expect(await ledger(orderId)).toMatchObject({ captures: 1, refunds: 2, keptMinor: 0 });
  });
});

// Fails where the SDK is trusted: it throws where nobody can catch it, and the process ends.
test.each(['null', '5', '"charged"', 'true', '[]', '{}', '{"error":null}', '{"error":5}', '', '{', '<html>'])(
  'an answer %j is unknown, whatever its status',
  async (body) => {
    for (const status of [200, 500]) {
      const server = createServer((_, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      process.env.STRIPE_API_BASE = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const strange = liveProvider();
      const request = { ...amount, paymentMethod: 'pm_card_visa' };
      const charged = { ...request, paymentIntentId: 'pi_1' };
      const asked = [
        () => strange.prepare(newOrder(), request),
        () => strange.call(newOrder(), charged, false),
        () => strange.call(newOrder(), charged, true),
        () => strange.undo(newOrder(), charged, false),
        () => strange.undo(newOrder(), charged, true),
      ];
      for (const ask of asked) await expect(ask()).rejects.toMatchObject({ name: 'ProviderError' });
      server.close();
    }
  },
);
