import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusalOf, SandboxUnderTest } from '../../support/payment-sandbox.ts';

/** Goal: a customer who is challenged is charged once, by an approval only. Method: the bank's page, and a browser's key. */
const sandbox = new SandboxUnderTest();
let server: Stripe;
let browser: Stripe;
beforeAll(async () => {
  await sandbox.start();
  server = sandbox.stripe();
  browser = sandbox.stripe('pk_test_orders');
});
afterAll(() => sandbox.end());

const challenged = (method = 'pm_card_threeDSecure2Required') => sandbox.charge(method);
const secretOf = ({ client_secret: secret }: Stripe.PaymentIntent): string => secret ?? '';
const answer = (secret: string, outcome: string) =>
  fetch(`${sandbox.url}/challenge`, {
    method: 'POST',
    body: new URLSearchParams({ client_secret: secret, outcome }),
  });
const show = (secret: string) =>
  fetch(`${sandbox.url}/challenge?${new URLSearchParams({ client_secret: secret }).toString()}`);

describe('a card that needs 3-D Secure', () => {
  test.each([
    'pm_card_threeDSecure2Required',
    'pm_card_authenticationRequired',
    'pm_card_authenticationRequiredOnSetup',
    'pm_card_authenticationRequiredSetupForOffSession',
  ])('%s waits for its customer and has charged nothing', async (method) => {
    const intent = await challenged(method);
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
      payment_method: method,
      latest_charge: null,
    });
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 0 });
  });

  test('is charged once the customer approves on the page, and only once', async () => {
    const intent = await challenged();
    const secret = secretOf(intent);
    const page = await show(secret);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain(`value="${secret}"`);
    const replies = await Promise.all(Array.from({ length: 10 }, () => answer(secret, 'approve')));
    expect(replies.map(({ status }) => status).sort((one, other) => one - other)).toEqual([
      200,
      ...Array(9).fill(409),
    ]);
    expect((await server.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 1, keptMinor: 1_250 });
    expect((await show(secret)).status).toBe(409);
  });

  test('is not charged when the customer fails, and may be tried with another card', async () => {
    const intent = await challenged();
    expect((await answer(secretOf(intent), 'fail')).status).toBe(200);
    expect(await server.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    expect((await answer(secretOf(intent), 'approve')).status).toBe(409);
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 0 });
    await server.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 1 });
  });

  test('cannot be approved any more once the intent is canceled, also if both happen at once', async () => {
    const intents = await Promise.all(Array.from({ length: 10 }, () => challenged()));
    for (const intent of intents) {
      const [cancellation, approval] = await Promise.allSettled([
        server.paymentIntents.cancel(intent.id),
        answer(secretOf(intent), 'approve'),
      ]);
      const { status } = await server.paymentIntents.retrieve(intent.id);
      expect(status).toBe(cancellation.status === 'fulfilled' ? 'canceled' : 'succeeded');
      expect(approval).toMatchObject({ value: { status: status === 'canceled' ? 409 : 200 } });
      expect((await sandbox.reportOf(intent)).captures).toBe(status === 'canceled' ? 0 : 1);
    }
  });

  test.each([
    ['pm_card_threeDSecureRequiredChargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_threeDSecureRequiredProcessingError', 'processing_error', undefined],
  ])('%s is declined after the approval: %s', async (method, code, declineCode) => {
    const intent = await challenged(method);
    expect((await answer(secretOf(intent), 'approve')).status).toBe(200);
    const { status, last_payment_error: error } = await server.paymentIntents.retrieve(intent.id);
    expect([status, error?.code, error?.decline_code]).toEqual([
      'requires_payment_method',
      code,
      declineCode,
    ]);
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 0 });
  });

  test('tells clearly what it does not know', async () => {
    const intent = await challenged();
    expect((await show('')).status).toBe(404);
    expect((await show(`${intent.id}_secret_guessed`)).status).toBe(404);
    expect((await answer(`${intent.id}_secret_guessed`, 'approve')).status).toBe(404);
    expect((await answer(secretOf(intent), 'perhaps')).status).toBe(400);
    expect((await answer('<script>', 'approve')).status).toBe(404);
    expect((await fetch(`${sandbox.url}/challenge`, { method: 'DELETE' })).status).toBe(405);
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 0 });
  });
});

describe('a browser, by a publishable key', () => {
  const confirm = (id: string, secret: string, method: string) =>
    browser.paymentIntents.confirm(id, {
      payment_method: method,
      client_secret: secret,
    } as Stripe.PaymentIntentConfirmParams);

  test('confirms with any card the intent whose secret it knows, and sees what is public of it', async () => {
    const intent = await challenged();
    const confirmed = await confirm(intent.id, secretOf(intent), 'pm_card_visa');
    expect(confirmed).toMatchObject({ status: 'succeeded', amount: 1_250 });
    expect(confirmed).not.toHaveProperty('metadata');
    expect(confirmed).not.toHaveProperty('latest_charge');
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 1 });
    const seen = await browser.paymentIntents.retrieve(intent.id, { client_secret: secretOf(intent) });
    expect(seen.status).toBe('succeeded');
  });

  test('needs the secret, of this intent', async () => {
    const [intent, other] = [await challenged(), await challenged()];
    const wrong = await refusalOf(confirm(intent.id, secretOf(other), 'pm_card_visa'));
    expect(wrong).toMatchObject({ statusCode: 400, code: 'payment_intent_invalid_parameter' });
    const none = await refusalOf(browser.paymentIntents.retrieve(intent.id));
    expect(none).toMatchObject({ statusCode: 400, code: 'parameter_missing', param: 'client_secret' });
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 0 });
  });

  test('may do nothing else', async () => {
    const { id } = await challenged();
    for (const call of [
      browser.paymentIntents.create({ amount: 100, currency: 'eur' }),
      browser.paymentIntents.list(),
      browser.paymentIntents.cancel(id),
      browser.refunds.create({ payment_intent: id }),
      browser.refunds.list({ payment_intent: id }),
      browser.disputes.list({ payment_intent: id }),
    ]) {
      const refusal = await refusalOf(call);
      expect(refusal).toBeInstanceOf(Stripe.errors.StripePermissionError);
      expect(refusal.code).toBe('secret_key_required');
    }
  });
});
