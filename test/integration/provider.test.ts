import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Provider } from '../../functions/payment/decide.ts';
import { liveProvider } from '../../functions/payment/provider.ts';
import { OrderId } from '../../functions/shop.ts';
import { SEARCH_LAG_SECONDS } from '../../infra/local/payment-sandbox/payment-intent-search.ts';
import { startPaymentSandbox } from '../../infra/local/payment-sandbox/server.ts';

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

/** Until then only the key protects, and it is not ours. */
const untilSearchable = () => delay((SEARCH_LAG_SECONDS + 1) * 1_000);

const newOrder = () => OrderId.parse(`ord_${randomBytes(18).toString('base64url')}`);
const amount = { amountMinor: 1290, currency: 'EUR' };
const charge = (orderId: OrderId, paymentMethod: string, again = true) =>
  provider.call(orderId, { ...amount, paymentMethod }, again);
const ledger = async (orderId: string) => (await fetch(`${sandbox.url}/ledger?order=${orderId}`)).json();

/** A charge of the order under a key that is not ours: what is left when Stripe has forgotten our key. */
async function chargedUnderAForgottenKey(orderId: OrderId, paymentMethod: string): Promise<void> {
  const body = new URLSearchParams({
    amount: '1290',
    currency: 'eur',
    confirm: 'true',
    payment_method: paymentMethod,
    'allowed_payment_method_types[0]': 'card',
    'metadata[orderId]': orderId,
  });
  await fetch(`${sandbox.url}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_provider', 'idempotency-key': `forgotten-${orderId}` },
    body,
  });
}

describe('the payment provider, asked again', () => {
  test('before search knows of it: the key answers the same, one charge', async () => {
    const orderId = newOrder();
    const first = await charge(orderId, 'pm_card_visa', false);
    expect(await charge(orderId, 'pm_card_visa', false)).toEqual(first);
    expect(await ledger(orderId)).toMatchObject({ captures: 1, attempts: { replayed: 1 } });
  });

  // Fails where the key alone is trusted: a message that waited for a day charges a second time.
  test('after Stripe has forgotten the key: the charge is found by the order, and not made again', async () => {
    const orderId = newOrder();
    await chargedUnderAForgottenKey(orderId, 'pm_card_visa');
    await untilSearchable();
    expect(await charge(orderId, 'pm_card_visa')).toHaveProperty('done');
    expect(await ledger(orderId)).toMatchObject({ captures: 1 });
  });

  test('after that, for a charge that was declined: declined, and for one never made: made once', async () => {
    const declined = newOrder();
    await chargedUnderAForgottenKey(declined, 'pm_card_chargeDeclined');
    await untilSearchable();
    expect(await charge(declined, 'pm_card_chargeDeclined')).toMatchObject({
      refused: { decline: { code: 'card_declined' } },
    });
    const never = newOrder();
    expect(await charge(never, 'pm_card_visa')).toHaveProperty('done');
    expect(await ledger(never)).toMatchObject({ captures: 1 });
  });

  test('to refund what has been refunded under a forgotten key: the refund that was', async () => {
    const orderId = newOrder();
    const captured = await charge(orderId, 'pm_card_visa');
    if (!('done' in captured)) throw new Error('not captured');
    const { paymentIntentId } = captured.done;
    await fetch(`${sandbox.url}/v1/refunds`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_provider', 'idempotency-key': `forgotten-${orderId}` },
      body: new URLSearchParams({ payment_intent: paymentIntentId, 'metadata[orderId]': orderId }),
    });
    expect(await provider.undo(orderId, { ...amount, paymentIntentId }, true)).toHaveProperty('refundId');
    expect(await ledger(orderId)).toMatchObject({ captures: 1, refunds: 1, keptMinor: 0 });
  });
});
