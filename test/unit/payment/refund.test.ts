import Stripe from 'stripe';
import { beforeEach, describe, expect, test } from 'vitest';
import { Impasse, Pending } from '../../../engine/saga/external-step.ts';
import { giveBack } from '../../../functions/payment/refund.ts';
import type { StripeCalls } from '../../../functions/payment/stripe-client.ts';
import { orderIdOf } from '../../support/facts.ts';

/** Goal: of what Stripe answers, only what it says for good is taken for that. Method: Stripe's answers, one by one. */
const payment = { paymentIntentId: 'pi_1', amountMinor: 1_000 };

interface Given {
  readonly status: string | null;
  readonly amount?: number;
  readonly failure_reason?: string;
}

/** What Stripe lists, newest first, and what it answers to a new refund. */
let listed: readonly Given[];
let answer: () => Given;
let asked: object[];
beforeEach(() => {
  listed = [];
  answer = () => ({ status: 'succeeded' });
  asked = [];
});

const refundOf = (given: Given, index: number) => ({ id: `re_${index}`, amount: 1_000, ...given });
const stripe = {
  refunds: {
    list: async () => ({ data: listed.map(refundOf), has_more: false }),
    create: async (params: { readonly amount: number }, ...options: readonly unknown[]) => {
      // A key would give a refusal that is saved under it again and again.
      expect(options).toEqual([]);
      asked.push(params);
      return { id: 're_new', amount: params.amount, ...answer() };
    },
  },
} as unknown as StripeCalls;

const ask = (again = true) => giveBack(stripe, orderIdOf(1), payment, again);
const failed = { status: 'failed', failure_reason: 'lost_or_stolen_card' };
const times = (count: number, given: Given) => Array.from({ length: count }, () => given);

describe('refunds that there are', () => {
  test.each<[Given[], unknown]>([
    [[{ status: 'succeeded' }], { refundId: 're_0' }],
    [[failed, { status: 'succeeded' }], { refundId: 're_1' }],
    [
      [
        { status: 'succeeded', amount: 400 },
        { status: 'succeeded', amount: 600 },
      ],
      { refundId: 're_0' },
    ],
    [[{ status: 'pending' }], new Pending('refund re_0 is pending')],
    [[{ status: 'requires_action' }], new Pending('refund re_0 is requires_action')],
    // One part that is on its way may fail yet, so nothing is said before all of them have arrived.
    [
      [
        { status: 'succeeded', amount: 400 },
        { status: 'pending', amount: 600 },
      ],
      new Pending('refund re_1 is pending'),
    ],
    [[...times(9, failed), { status: 'succeeded' }], { refundId: 're_9' }],
  ])('that give back the whole charge (%j) are all that is needed', async (refunds, expected) => {
    listed = refunds;
    expect(await ask()).toEqual(expected);
    expect(asked).toEqual([]);
  });

  test.each([
    [[{ status: 'succeeded', amount: 100 }], 900],
    [[{ status: 'pending', amount: 100 }], 900],
    [[{ ...failed, amount: 100 }], 1_000],
    [[{ status: 'canceled', amount: 100 }], 1_000],
    [[{ status: null, amount: 100 }], 1_000],
    [
      [
        { status: 'succeeded', amount: 1 },
        { ...failed, amount: 999 },
        { status: 'pending', amount: 2 },
      ],
      997,
    ],
  ])('that give back less (%j) are made up for', async (refunds, amount) => {
    listed = refunds;
    await ask();
    expect(asked).toEqual([{ payment_intent: 'pi_1', amount, metadata: { orderId: orderIdOf(1) } }]);
  });
});

describe('a person is asked', () => {
  test.each([
    [times(5, failed), 'lost_or_stolen_card'],
    [
      [{ status: 'failed', failure_reason: 'expired_or_canceled_card' }, ...times(8, failed)],
      'expired_or_canceled_card',
    ],
    [times(5, { status: 'canceled' }), 'the bank takes no refund'],
    // What others have given back changes nothing about the rest.
    [[...times(5, { ...failed, amount: 900 }), { status: 'succeeded', amount: 100 }], 'lost_or_stolen_card'],
  ])('after five refunds that have failed (%#), and told why the last one has', async (refunds, reason) => {
    listed = refunds;
    expect(await ask()).toEqual(new Impasse({ waitingFor: 'person', reason }));
    expect(asked).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4])('not after %i', async (count) => {
    listed = times(count, failed);
    expect(await ask()).toEqual({ refundId: 're_new' });
  });

  test.each(['charge_disputed', 'refund_disputed_payment', 'charge_not_refundable'])(
    'if Stripe says %s',
    async (code) => {
      answer = () => {
        throw new Stripe.errors.StripeInvalidRequestError({
          type: 'invalid_request_error',
          code,
          message: 'No.',
        });
      };
      for (const again of [false, true])
        expect(await ask(again)).toEqual(new Impasse({ waitingFor: 'person', reason: code }));
    },
  );
});

describe('Stripe says that nothing is left', () => {
  const nothingLeft = () => {
    throw new Stripe.errors.StripeInvalidRequestError({
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: 'No.',
    });
  };

  // Fails where it is asked for ever: Stripe counts a refund as given that the bank has sent back.
  test('although its list says otherwise, also afterwards: a person is asked', async () => {
    answer = nothingLeft;
    listed = [{ ...failed, amount: 1_000 }];
    expect(await ask()).toEqual(new Impasse({ waitingFor: 'person', reason: 'charge_already_refunded' }));
  });

  test('and somebody has given it back meanwhile: it is asked again', async () => {
    answer = () => {
      listed = [{ status: 'succeeded', amount: 1_000 }];
      return nothingLeft();
    };
    await expect(ask()).rejects.toThrow('No.');
    expect(await ask()).toMatchObject({ refundId: expect.any(String) });
  });

  test('and no list was read before: it is asked again', async () => {
    answer = nothingLeft;
    await expect(ask(false)).rejects.toThrow('No.');
  });
});

describe('nothing is known, so that it is asked again', () => {
  const invalid = (code: string) =>
    new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', code, message: code });
  test.each([
    invalid('resource_missing'),
    invalid('balance_insufficient'),
    invalid('lock_timeout'),
    // The code alone does not tell: this is no answer of the API to the request itself.
    new Stripe.errors.StripeAPIError({
      type: 'api_error',
      code: 'charge_disputed',
      message: 'charge_disputed',
    }),
    new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'socket hang up' }),
    new Error('status 200 without an answer'),
  ])('after %s', async (error) => {
    answer = () => {
      throw error;
    };
    for (const again of [false, true]) await expect(ask(again)).rejects.toBe(error);
  });

  test.each(['failed', 'canceled', 'a status of tomorrow', null])(
    'if the new refund is %s',
    async (status) => {
      answer = () => ({ status });
      await expect(ask()).rejects.toThrow(`refund re_new is ${status}`);
    },
  );

  test('if less is given back than was asked for', async () => {
    answer = () => ({ status: 'succeeded', amount: 999 });
    await expect(ask()).rejects.toThrow('refund re_new is succeeded');
  });
});

test('a new refund that is pending is on its way', async () => {
  answer = () => ({ status: 'pending' });
  expect(await ask(false)).toEqual(new Pending('refund re_new is pending'));
});
