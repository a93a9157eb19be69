import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keptMinor } from '../../simulation/world/provider.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { catchLog, type Line } from '../../support/logged.ts';
import { PaymentService } from '../../support/payment-service.ts';
import { SimulatedStripe, unanswered } from '../../support/simulated-stripe.ts';

/**
 * Goal: whatever becomes of the money at Stripe, the payment service says what is true, and keeps nothing of a cancelled
 * order. Method: the whole service against the simulated Stripe, message by message, as the queue brings them.
 */
const TOTAL = 3_500;
const CHALLENGED = 'pm_card_threeDSecure2Required';
const order = 1;
let stripe: SimulatedStripe;
let service: PaymentService<SimulatedStripe>;
let logged: readonly Line[];

beforeEach(() => {
  stripe = new SimulatedStripe();
  service = new PaymentService(stripe);
  logged = catchLog();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const money = () => {
  const account = stripe.provider.account(orderIdOf(order));
  return { captures: account?.capturesMinor.length ?? 0, kept: keptMinor(account) };
};
const status = () => service.stateOf(order)?.status;
const timesAsked = (call: string) => stripe.calls.filter((each) => each === call).length;
const reserved = (method?: string) => service.reserved(order, method);
const cancelling = () => service.cancelling(order);
const refundByHand = (amount?: number) => stripe.provider.refund(service.intentOf(order), amount);
/** Stripe tells that there is something to see. */
const told = (type: string) => service.post({ type, object: { metadata: { orderId: orderIdOf(order) } } });

describe('a charge', () => {
  // Fails where only a search can tell: it lags behind by a minute, and is not available everywhere.
  test('whose answer was lost is found by its id, and captured once', async () => {
    stripe.after = (call) => call === 'confirm' && unanswered();
    expect(await reserved()).toMatchObject({ kind: 'failed' });
    expect([status(), money()]).toEqual(['CHARGING', { captures: 1, kept: TOTAL }]);
    await reserved();
    expect([status(), money(), timesAsked('confirm')]).toEqual(['CAPTURED', { captures: 1, kept: TOTAL }, 1]);
  });

  test('that was given back before it was written down confirms nothing', async () => {
    stripe.after = (call) => call === 'confirm' && unanswered();
    await reserved();
    refundByHand();
    await reserved();
    expect(service.stateOf(order)).toMatchObject({
      status: 'DECLINED',
      decline: { code: 'charge_refunded' },
    });
    expect([service.saidOf(order), money().kept]).toEqual([['payment.declined'], 0]);
  });

  test('that its bank decides later is neither captured nor declined before', async () => {
    stripe.later = { afterMs: 1_000, succeeds: true };
    await reserved();
    await reserved();
    expect([status(), service.saidOf(order)]).toEqual(['CHARGING', []]);
    stripe.pass(1_000);
    await reserved();
    expect([status(), service.saidOf(order)]).toEqual(['CAPTURED', ['payment.captured']]);
  });

  // Fails where what nobody can cancel any more counts as cancelled: the bank charges an order that has ended.
  test.each([
    [true, 'REFUNDED', 'payment.refunded'],
    [false, 'VOIDED', 'payment.voided'],
  ])('that its bank decides after the order was cancelled (%s) is %s', async (succeeds, end, said) => {
    stripe.later = { afterMs: 1_000, succeeds };
    await reserved();
    await cancelling();
    expect([status(), service.saidOf(order)]).toEqual(['VOIDING', []]);
    stripe.pass(1_000);
    await cancelling();
    expect([status(), service.saidOf(order), money().kept]).toEqual([end, [said], 0]);
  });
});

describe('a challenge', () => {
  beforeEach(async () => {
    await reserved(CHALLENGED);
  });

  test('is said once, however often the schedule asks, until it is answered', async () => {
    for (let asked = 0; asked < 3; asked += 1) await reserved(CHALLENGED);
    expect([status(), money().captures]).toEqual(['AWAITING_CUSTOMER', 0]);
    expect(new Set(service.saidOf(order))).toEqual(new Set(['payment.challenged']));
    expect(service.stateOf(order)).toHaveProperty('action');
    stripe.provider.authenticate(service.intentOf(order), true);
    await reserved(CHALLENGED);
    expect([status(), money().kept]).toEqual(['CAPTURED', TOTAL]);
  });

  // Fails where the decline is said first: the customer, who knows the client secret, pays with another card for an order
  // that is cancelled.
  test('that has failed is a decline only once nobody can pay any more', async () => {
    const intent = service.intentOf(order);
    stripe.provider.authenticate(intent, false);
    stripe.before = (call) => call === 'cancel' && unanswered();
    await reserved(CHALLENGED);
    expect([status(), service.saidOf(order)]).toEqual(['AWAITING_CUSTOMER', ['payment.challenged']]);
    stripe.before = () => {};
    await reserved(CHALLENGED);
    stripe.provider.tryAgain(intent);
    expect([status(), money().captures]).toEqual(['DECLINED', 0]);
    expect(service.stateOf(order)).toMatchObject({
      decline: { code: 'payment_intent_authentication_failure' },
    });
  });

  test('after which the customer has paid with another card is captured, and not declined', async () => {
    const intent = service.intentOf(order);
    stripe.provider.authenticate(intent, false);
    stripe.provider.tryAgain(intent);
    await reserved(CHALLENGED);
    expect([status(), money().kept]).toEqual(['CAPTURED', TOTAL]);
  });

  test('of an order that is cancelled can be approved no more', async () => {
    const intent = service.intentOf(order);
    await cancelling();
    stripe.provider.authenticate(intent, true);
    expect([status(), money().captures]).toEqual(['VOIDED', 0]);
    expect(service.saidOf(order)).toEqual(['payment.challenged', 'payment.voided']);
  });

  // Fails where the cancellation's answer is taken for granted: the approval was faster.
  test('that is approved while the order is cancelled is refunded', async () => {
    const intent = service.intentOf(order);
    stripe.before = (call) => {
      if (call === 'cancel') stripe.provider.authenticate(intent, true);
    };
    expect(await cancelling()).toMatchObject({ kind: 'failed' });
    await cancelling();
    expect([status(), money()]).toEqual(['REFUNDED', { captures: 1, kept: 0 }]);
  });
});

describe('a refund', () => {
  beforeEach(async () => {
    await reserved();
  });

  test('of what a person has given back in part, while the order was being cancelled, is the rest', async () => {
    refundByHand(100);
    expect(await cancelling()).toMatchObject({ kind: 'failed' });
    await cancelling();
    expect([status(), money().kept]).toEqual(['REFUNDED', 0]);
  });

  test('of what a person gives back between the list and the refund is the rest, too', async () => {
    stripe.turns.push('failed');
    await cancelling();
    stripe.before = (call) => {
      if (call !== 'refund') return;
      stripe.before = () => {};
      refundByHand(100);
    };
    expect(await cancelling()).toMatchObject({ kind: 'failed' });
    await cancelling();
    expect([status(), money().kept]).toEqual(['REFUNDED', 0]);
  });

  // More than a page of Stripe's list has.
  test('after a hundred others is the rest of all of them', async () => {
    for (let refund = 0; refund < 101; refund += 1) refundByHand(1);
    await cancelling();
    await cancelling();
    expect([status(), money().kept, timesAsked('refunds')]).toEqual(['REFUNDED', 0, 2]);
  });

  test.each([
    ['fails at once', 'failed', ['REFUNDING', []]],
    ['is pending, then fails', 'pending, then failed', ['REFUNDING', []]],
    ['is pending, then succeeds', 'pending, then succeeded', ['REFUNDING', []]],
  ] as const)('that %s is not said before the money is back', async (_, turn, meanwhile) => {
    stripe.turns.push(turn);
    await cancelling();
    expect([status(), service.saidOf(order).slice(1)]).toEqual(meanwhile);
    stripe.pass(1);
    await cancelling();
    expect([status(), service.saidOf(order).slice(1)]).toEqual(['REFUNDED', ['payment.refunded']]);
    expect(money().kept).toBe(0);
    expect(timesAsked('refund')).toBe(turn === 'pending, then succeeded' ? 1 : 2);
  });

  // Fails where a refund that has succeeded is over: its bank sends it back days later, and the money is kept.
  test('that fails after it has succeeded is made again, once Stripe tells', async () => {
    stripe.turns.push('bounces');
    await cancelling();
    expect([status(), money().kept]).toEqual(['REFUNDED', 0]);
    const first = service.stateOf(order)?.refundId;
    stripe.pass(1);
    await told('refund.failed');
    expect([status(), money().kept]).toEqual(['REFUNDED', 0]);
    expect(service.stateOf(order)?.refundId).not.toBe(first);
    await told('refund.failed');
    expect(timesAsked('refund')).toBe(2);
  });

  test('that fails after it has succeeded, and is pending then, is on its way again until it has succeeded', async () => {
    stripe.turns.push('bounces', 'pending, then succeeded');
    await cancelling();
    stripe.pass(1);
    await told('refund.failed');
    expect(status()).toBe('REFUNDING');
    stripe.pass(1);
    await told('refund.updated');
    expect([status(), money().kept]).toEqual(['REFUNDED', 0]);
  });

  test('whose answer was lost is not made twice', async () => {
    stripe.after = (call) => call === 'refund' && unanswered();
    expect(await cancelling()).toMatchObject({ kind: 'failed' });
    stripe.after = () => {};
    await cancelling();
    expect([status(), money().kept, timesAsked('refund')]).toEqual(['REFUNDED', 0, 1]);
  });

  // Fails where Stripe is asked for ever: the card is lost, and every refund comes back after some days.
  test('that has failed five times is left to a person, whom the log calls whenever the schedule asks', async () => {
    stripe.turns.push(...Array.from({ length: 9 }, () => 'failed' as const));
    for (let asked = 0; asked < 5; asked += 1) {
      expect(await cancelling(), `${asked}`).toMatchObject({ kind: 'failed' });
      expect(service.saidOf(order)).not.toContain('payment.unrefundable');
    }
    for (let asked = 1; asked <= 3; asked += 1) {
      await service.consume(order, facts['order.cancelling']);
      expect(logged.filter(({ message }) => message === 'a person is needed')).toHaveLength(asked);
    }
    expect([status(), timesAsked('refund'), money().kept]).toEqual(['REFUNDING', 5, TOTAL]);
    expect(service.stateOf(order)?.impasse).toEqual({ waitingFor: 'person', reason: expect.any(String) });
    await service.resolve(order);
    expect([status(), service.saidOf(order).at(-1)]).toEqual(['RESOLVED', 'payment.resolved']);
  });

  test('that Stripe refuses for good is left to a person at once, and Stripe in peace', async () => {
    stripe.provider.dispute(service.intentOf(order));
    for (let asked = 0; asked < 3; asked += 1) await cancelling();
    expect([status(), timesAsked('refund')]).toEqual(['REFUNDING', 1]);
    expect(service.stateOf(order)?.impasse).toEqual({ waitingFor: 'person', reason: 'charge_disputed' });
    expect(new Set(service.saidOf(order).slice(1))).toEqual(new Set(['payment.unrefundable']));
    await service.resolve(order);
    await cancelling();
    expect([status(), timesAsked('refund')]).toEqual(['RESOLVED', 1]);
  });
});
