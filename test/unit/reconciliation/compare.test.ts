import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from '../../../functions/reconciliation/compare.ts';
import type { Facts, IntentFacts, ReservationFacts } from '../../../functions/reconciliation/facts.ts';
import {
  agreeing,
  charge,
  confirmed,
  endedMs,
  NOW_MS,
  price,
  refunded,
  terms,
} from '../../support/reconciliation/agreeing-facts.ts';

/**
 * Goal: what the sides agree on raises no alarm, and each thing that is wrong is named once. Method: any facts that keep
 * the promises, and then the same with one of them changed.
 */
const codes = (facts: Facts, kind = 'disagreement') =>
  compare(facts, terms).findings.flatMap((finding) => (finding.kind === kind ? finding.code : []));

test('facts that keep the promises disagree in nothing', () => {
  fc.assert(
    fc.property(agreeing, (facts) => {
      expect(compare(facts, terms)).toEqual({ progress: 'ended', findings: [] });
    }),
  );
});

const { order, reservation, payment } = confirmed;
const other = { ...price, amountMinor: price.amountMinor + 1 };
const released = { status: 'RELEASED', sinceMs: endedMs } as const;
const failedRefund = { ...refunded, intents: [charge()] };

describe('one fact that is changed is one disagreement:', () => {
  test.each<[string, Facts, readonly string[]]>([
    ['paid and not charged', { ...confirmed, intents: [charge({ capturedMinor: 0 })] }, ['CONFIRMED_UNPAID']],
    [
      'paid by an intent that the provider does not know',
      { ...confirmed, intents: [] },
      ['CONFIRMED_UNPAID'],
    ],
    ['another amount charged', { ...confirmed, intents: [charge({ ...other })] }, ['CONFIRMED_OTHER_MONEY']],
    [
      'less captured than asked for',
      { ...confirmed, intents: [charge({ capturedMinor: 1 })] },
      ['CONFIRMED_OTHER_MONEY'],
    ],
    [
      'another currency charged',
      { ...confirmed, intents: [charge({ currency: 'USD' })] },
      ['CONFIRMED_OTHER_MONEY'],
    ],
    ['another total', { ...confirmed, order: { ...order, total: other } }, ['CONFIRMED_OTHER_MONEY']],
    [
      'given back before it was confirmed',
      { ...confirmed, intents: [charge({ refunds: [{ amountMinor: 1, atMs: endedMs - 60_000 }] })] },
      ['CONFIRMED_OTHER_MONEY'],
    ],
    [
      'charged by two intents',
      { ...confirmed, intents: [charge(), charge({ id: 'pi_2' })] },
      ['CHARGED_TWICE'],
    ],
    [
      'charged by another intent',
      { ...confirmed, intents: [charge({ capturedMinor: 0 }), charge({ id: 'pi_2' })] },
      ['OTHER_INTENT_CHARGED'],
    ],
    ['no payment record', { ...confirmed, payment: undefined }, ['PAYMENT_STATUS_DIFFERS']],
    [
      'a payment that says it was given back',
      { ...confirmed, payment: { ...payment, status: 'REFUNDED' } },
      ['PAYMENT_STATUS_DIFFERS'],
    ],
    [
      'a payment that still charges',
      { ...confirmed, payment: { ...payment, status: 'CHARGING' } },
      ['PAYMENT_STATUS_DIFFERS'],
    ],
    [
      'a payment of another amount',
      { ...confirmed, payment: { ...payment, sum: other } },
      ['AMOUNTS_DIFFER'],
    ],
    [
      'a reservation of another amount',
      { ...confirmed, reservation: { ...reservation, total: other } },
      ['AMOUNTS_DIFFER'],
    ],
    [
      'a reservation in another currency',
      { ...confirmed, reservation: { ...reservation, total: { ...price, currency: 'USD' } } },
      ['AMOUNTS_DIFFER'],
    ],
    ['a reservation that is gone', { ...confirmed, reservation: undefined }, ['CONFIRMED_STOCK_NOT_HELD']],
    [
      'a reservation that was released',
      { ...confirmed, reservation: released },
      ['CONFIRMED_STOCK_NOT_HELD'],
    ],
    ['no order', { ...confirmed, order: undefined }, ['MONEY_WITHOUT_ORDER', 'STOCK_WITHOUT_ORDER']],
    ['nothing but a charge', { orderId: '', intents: [charge()] }, ['MONEY_WITHOUT_ORDER']],
    ['a refund that failed in the end', failedRefund, ['CANCELLED_MONEY_KEPT']],
    [
      'a part that was not given back',
      { ...refunded, intents: [charge({ refunds: [{ amountMinor: 1, atMs: endedMs }] })] },
      ['CANCELLED_MONEY_KEPT'],
    ],
    [
      'a payment that says nothing was charged',
      { ...refunded, payment: { status: 'VOIDED', sinceMs: endedMs } },
      ['PAYMENT_STATUS_DIFFERS'],
    ],
    ['a refund of nothing', { ...refunded, intents: [] }, ['PAYMENT_STATUS_DIFFERS']],
    ['a payment that says it was charged', { ...refunded, payment }, ['PAYMENT_STATUS_DIFFERS']],
    ['stock that is still held', { ...refunded, reservation }, ['CANCELLED_STOCK_HELD']],
    [
      'a record that nobody can read',
      { ...confirmed, unreadable: ['payment'], payment: undefined },
      ['UNREADABLE_RECORD'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(codes(facts)).toEqual(expected);
  });
});

describe('what people did after the order was CONFIRMED is information:', () => {
  const later = [{ amountMinor: 500, atMs: endedMs + 60_000 }];
  test.each<[string, Facts, string]>([
    ['a refund', { ...confirmed, intents: [charge({ refunds: later })] }, 'GIVEN_BACK_AFTER_CONFIRMED'],
    ['a dispute', { ...confirmed, intents: [charge({ disputes: later })] }, 'DISPUTED'],
    [
      'a refund by hand',
      { ...failedRefund, payment: { ...refunded.payment, status: 'RESOLVED' } },
      'RESOLVED_BY_HAND',
    ],
  ])('%s', (_, facts, code) => {
    expect(codes(facts)).toEqual([]);
    expect(codes(facts, 'information')).toEqual([code]);
  });

  // The provider tells whole seconds: a refund of the same second may have come before or after.
  test('a refund in the second of the confirmation', () => {
    const refunds = [{ amountMinor: 1, atMs: endedMs }];
    const at = { ...confirmed, order: { ...order, sinceMs: endedMs + 999 }, intents: [charge({ refunds })] };
    expect(compare(at, { ...terms, clockErrorMs: 0 }).findings).toMatchObject([{ kind: 'information' }]);
  });
});

describe('what is under way', () => {
  const changed = (sinceMs: number): Facts => ({
    ...failedRefund,
    order: { status: 'CANCELLING', sinceMs },
    payment: { ...refunded.payment, status: 'REFUNDING', sinceMs },
  });

  test('is open, and stuck once it has not changed for an hour', () => {
    expect(compare(changed(NOW_MS - terms.stuckMs + 1), terms)).toEqual({ progress: 'open', findings: [] });
    expect(compare(changed(NOW_MS - terms.stuckMs), terms)).toMatchObject({
      progress: 'stuck',
      findings: [{ kind: 'stuck', code: 'STUCK', orderId: 'ord_1' }],
    });
  });

  test('may be a refund that is pending although the order was never placed', () => {
    expect(compare({ ...changed(NOW_MS), order: undefined }, terms).progress).toBe('open');
  });

  // The sides are read one after another: the charge may have come in between.
  test('is what has ended so lately that its sides may have been read before and after', () => {
    const lately = { sinceMs: NOW_MS - terms.settleMs + 1 };
    const facts = { ...confirmed, order: { ...order, ...lately }, intents: [charge({ capturedMinor: 0 })] };
    expect(compare(facts, terms)).toEqual({ progress: 'open', findings: [] });
    const made = { orderId: '', intents: [charge({ createdAtMs: NOW_MS - 1 })] };
    expect(compare(made, terms).progress).toBe('open');
  });
});

test('a finding tells the order, the sums, the intents, and a sentence', () => {
  expect(compare(failedRefund, terms).findings).toEqual([
    {
      kind: 'disagreement',
      code: 'CANCELLED_MONEY_KEPT',
      orderId: 'ord_1',
      sentence: 'the order is CANCELLED, its payment is REFUNDED, and 2580 (minor units) EUR is kept',
      capturedMinor: 2_580,
      returnedMinor: 0,
      paymentIntentIds: ['pi_1'],
    },
  ]);
});

/** Every change of one member of the facts, whatever it is. */
const changes: readonly ((facts: Facts) => Facts | undefined | '')[] = [
  (facts) => ({ ...facts, intents: [...facts.intents, charge({ id: 'pi_77' })] }),
  (facts) => withCharge(facts, (intent) => ({ ...intent, capturedMinor: intent.capturedMinor + 1 })),
  (facts) => facts.payment?.paymentIntentId && withCharge(facts, (intent) => ({ ...intent, id: 'pi_77' })),
  (facts) =>
    facts.order &&
    facts.reservation && { ...facts, order: undefined, reservation: heldFor(facts.reservation) },
  (facts) => facts.reservation && { ...facts, reservation: turned(facts.reservation) },
  (facts) =>
    facts.payment && { ...facts, payment: { ...facts.payment, status: flipped(facts.payment.status) } },
];

const heldFor = ({ sinceMs }: ReservationFacts): ReservationFacts => ({ status: 'RESERVED', sinceMs });
const turned = ({ status, sinceMs }: ReservationFacts): ReservationFacts => ({
  status: status === 'RESERVED' ? 'RELEASED' : 'RESERVED',
  sinceMs,
});
const flipped = (status: string) => (status === 'CAPTURED' ? 'VOIDED' : 'CAPTURED');

function withCharge(facts: Facts, change: (intent: IntentFacts) => IntentFacts): Facts | undefined {
  const charged = facts.intents.find(({ capturedMinor }) => capturedMinor > 0);
  if (charged === undefined) return undefined;
  return { ...facts, intents: facts.intents.map((each) => (each === charged ? change(each) : each)) };
}

test('of any facts that agree, each change is noticed', () => {
  fc.assert(
    fc.property(agreeing, fc.constantFrom(...changes), (facts, change) => {
      const changed = change(facts);
      fc.pre(changed !== undefined && changed !== '');
      expect(codes(changed)).not.toEqual([]);
    }),
  );
});
