import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusalOf, SandboxUnderTest } from '../../support/payment-sandbox.ts';

/** Goal: what happens after an answer happens once, also after a restart. Method: the real SDK, and short waits. */
const sandbox = new SandboxUnderTest();
let stripe: Stripe;
beforeAll(async () => {
  await sandbox.start();
  stripe = sandbox.stripe();
});
beforeEach(() => sandbox.set({ settleMs: 30 }));
afterAll(() => sandbox.end());

/** The machine may have much else to do. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const statusOf = async ({ id }: { readonly id: string }) => (await stripe.paymentIntents.retrieve(id)).status;
const refundIn = async (intent: Stripe.PaymentIntent) => {
  const { data } = await stripe.refunds.list({ payment_intent: intent.id });
  return data[0];
};
const disputesOf = async (intent: Stripe.PaymentIntent) =>
  (await stripe.disputes.list({ payment_intent: intent.id })).data;

describe('a charge that is processed', () => {
  test('is neither canceled nor confirmed nor refunded meanwhile, and then charges once', async () => {
    await sandbox.set({ settleMs: 1_500 });
    const intent = await sandbox.charge('pm_sandbox_processing');
    expect(intent.status).toBe('processing');
    for (const call of [stripe.paymentIntents.cancel(intent.id), stripe.paymentIntents.confirm(intent.id)])
      expect((await refusalOf(call)).code).toBe('payment_intent_unexpected_state');
    expect((await refusalOf(stripe.refunds.create({ payment_intent: intent.id }))).statusCode).toBe(400);
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 0 });
    await poll(() => statusOf(intent)).toBe('succeeded');
    expect(await sandbox.reportOf(intent)).toMatchObject({ captures: 1, keptMinor: 1_250 });
  });
});

test('what is to come comes once, also if the sandbox ends before and after', async () => {
  const own = await new SandboxUnderTest({ settings: { settleMs: 100 } }).start();
  const processed = await own.charge('pm_sandbox_processing');
  const disputed = await own.charge('pm_card_createDispute');
  const refunded = await own.charge('pm_card_pendingRefund');
  await own.stripe().refunds.create({ payment_intent: refunded.id });
  const state = async () => ({
    captures: (await own.reportOf(processed)).captures,
    disputes: (await own.stripe().disputes.list({ payment_intent: disputed.id })).data.length,
    refunds: (await own.stripe().refunds.list({ payment_intent: refunded.id })).data.map(
      ({ status }) => status,
    ),
  });
  await own.restart();
  const settled = { captures: 1, disputes: 1, refunds: ['succeeded'] };
  await poll(state).toEqual(settled);
  await own.restart();
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await state()).toEqual(settled);
  await own.end();
});

describe('a refund', () => {
  test('of pm_card_pendingRefund is pending, and then succeeds', async () => {
    const intent = await sandbox.charge('pm_card_pendingRefund');
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('pending');
    await poll(async () => (await refundIn(intent))?.status).toBe('succeeded');
    expect(await sandbox.reportOf(intent)).toMatchObject({ refunds: 1, failedRefunds: 0, keptMinor: 0 });
  });

  test('of pm_card_refundFail succeeds, then fails: the money is back, and can be refunded again', async () => {
    const intent = await sandbox.charge('pm_card_refundFail');
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('succeeded');
    expect(await sandbox.reportOf(intent)).toMatchObject({ refunds: 1, keptMinor: 0 });
    await expect
      .poll(() => refundIn(intent))
      .toMatchObject({
        status: 'failed',
        failure_reason: 'expired_or_canceled_card',
      });
    expect(await sandbox.reportOf(intent)).toMatchObject({ refunds: 0, failedRefunds: 1, keptMinor: 1_250 });
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge'],
    });
    expect(charge).toMatchObject({ amount_refunded: 0, refunded: false });
    expect((await stripe.refunds.create({ payment_intent: intent.id })).amount).toBe(1_250);
  });
});

describe('a disputed charge', () => {
  const disputed = async (method: string) => {
    const intent = await sandbox.charge(method);
    await poll(async () => (await disputesOf(intent)).length).toBe(1);
    const [dispute] = await disputesOf(intent);
    if (dispute === undefined) throw new Error('no dispute');
    return { intent, dispute };
  };

  test.each([
    ['pm_card_createDispute', 'fraudulent'],
    ['pm_card_createDisputeProductNotReceived', 'product_not_received'],
  ])('by %s cannot be refunded until the dispute is won', async (method, reason) => {
    const { intent, dispute } = await disputed(method);
    expect(dispute).toMatchObject({
      reason,
      amount: 1_250,
      status: 'needs_response',
      payment_intent: intent.id,
      is_charge_refundable: false,
    });
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge'],
    });
    expect(charge).toMatchObject({ id: dispute.charge, disputed: true });
    const refund = () => stripe.refunds.create({ payment_intent: intent.id });
    expect(await refusalOf(refund())).toMatchObject({ statusCode: 400, code: 'charge_disputed' });
    const evidence = { uncategorized_text: 'winning_evidence' };
    expect((await stripe.disputes.update(dispute.id, { evidence })).status).toBe('won');
    expect((await refund()).status).toBe('succeeded');
  });

  test('stays unrefundable once the dispute is lost, which it is once', async () => {
    const { intent, dispute } = await disputed('pm_card_createDispute');
    expect((await stripe.disputes.close(dispute.id)).status).toBe('lost');
    expect((await refusalOf(stripe.disputes.close(dispute.id))).statusCode).toBe(400);
    const refusal = await refusalOf(stripe.refunds.create({ payment_intent: intent.id }));
    expect(refusal.code).toBe('charge_disputed');
  });

  test('by an inquiry can be refunded', async () => {
    const { intent, dispute } = await disputed('pm_card_createDisputeInquiry');
    expect(dispute).toMatchObject({ status: 'warning_needs_response', is_charge_refundable: true });
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('succeeded');
  });
});

test.each(['pm_card_us', 'pm_card_gb_debit', 'pm_card_th_credit', 'pm_card_threeDSecureOptional'])(
  '%s is charged',
  async (method) => {
    expect((await sandbox.charge(method)).status).toBe('succeeded');
  },
);
