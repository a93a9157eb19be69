import Stripe from 'stripe';
import { beforeEach, describe, expect, test } from 'vitest';
import { Pending } from '../../../engine/saga/external-step.ts';
import { stripeProvider } from '../../../functions/payment/provider.ts';
import type { StripeCalls } from '../../../functions/payment/stripe-client.ts';
import { line, orderIdOf } from '../../support/facts.ts';

/** Goal: an intent in any status is charged, waited for or cancelled as it has to be. Method: Stripe's answers, one by one. */
const declinedBy = { code: 'card_declined', decline_code: 'lost_card', message: 'Your card was declined.' };
const charge = { latest_charge: { amount_refunded: 0, disputed: false } };

const intents = {
  unconfirmed: { status: 'requires_confirmation' },
  challenged: { status: 'requires_action' },
  declined: { status: 'requires_payment_method', last_payment_error: declinedBy },
  processing: { status: 'processing' },
  charged: { status: 'succeeded', ...charge },
  'charged, in part given back': { status: 'succeeded', latest_charge: { amount_refunded: 1 } },
  cancelled: { status: 'canceled' },
  'declined and cancelled': { status: 'canceled', last_payment_error: declinedBy },
} as const;
type Name = keyof typeof intents;

let intent: object;
let calls: string[];
let disputes: readonly object[];
beforeEach(() => {
  calls = [];
  disputes = [];
});

/** What the SDK resolves with, whose error and charge are null where there is none. */
const whole = (given: object) => ({
  ...{ id: 'pi_1', client_secret: 'pi_1_secret_1', last_payment_error: null, latest_charge: null },
  ...given,
});
const stripe = {
  paymentIntents: {
    retrieve: async () => whole(intent),
    confirm: async () => {
      calls.push('confirm');
      return whole({ status: 'succeeded' });
    },
    // Nobody documents that a cancellation keeps the error.
    cancel: async () => {
      calls.push('cancel');
      return whole({ status: 'canceled' });
    },
  },
  disputes: {
    list: async () => {
      calls.push('disputes');
      return { data: disputes, has_more: false };
    },
  },
} as unknown as StripeCalls;

const provider = stripeProvider(() => stripe);
const lines = [{ ...line('mug', 1), unitPriceMinor: 1_290 }];
const money = { lines, amountMinor: 1_290, currency: 'EUR' };
const request = { ...money, paymentMethod: 'pm_card_visa', paymentIntentId: 'pi_1' };
const askAgain = (name: Name, unwanted: boolean) => {
  intent = intents[name];
  return provider.call(orderIdOf(1), request, true, unwanted);
};

const done = { done: { paymentIntentId: 'pi_1' } };
const waits = {
  waits: { waitingFor: 'customer' },
  action: { clientSecret: 'pi_1_secret_1', call: 'stripe.handleNextAction({ clientSecret })' },
};
const canceled = { refused: { decline: { code: 'canceled', message: 'The provider says canceled.' } } };
const declined = {
  refused: {
    decline: { code: 'card_declined', declineCode: 'lost_card', message: 'The provider says lost_card.' },
  },
};
const processing = new Pending('payment intent pi_1 is processing');
const revoked = {
  revoked: { paymentIntentId: 'pi_1' },
  refusal: { decline: { code: 'charge_refunded', message: 'The provider says charge_refunded.' } },
};

describe('an intent that was asked for before', () => {
  test.each<[Name, unknown, string[], unknown, string[]]>([
    ['unconfirmed', done, ['confirm'], canceled, ['cancel']],
    ['challenged', waits, [], canceled, ['cancel']],
    // Whoever knows the client secret could try another card.
    ['declined', declined, ['cancel'], declined, ['cancel']],
    ['processing', processing, [], processing, []],
    ['charged', done, [], done, []],
    ['charged, in part given back', revoked, [], revoked, []],
    ['cancelled', canceled, [], canceled, []],
    ['declined and cancelled', declined, [], declined, []],
  ])('and is %s is answered as what it is', async (name, wanted, made, unwanted, madeUnwanted) => {
    expect([await askAgain(name, false), calls]).toEqual([wanted, made]);
    calls = [];
    expect([await askAgain(name, true), calls]).toEqual([unwanted, madeUnwanted]);
  });
});

test('a challenge without a client secret is not known: nobody could answer it', async () => {
  intent = { status: 'requires_action', client_secret: null };
  await expect(provider.call(orderIdOf(1), request, true)).rejects.toThrow('has no client secret');
});

test('a cancellation that Stripe refuses is not known: the customer may have been faster', async () => {
  const cancel = async () => {
    const code = 'payment_intent_unexpected_state';
    throw new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', code, message: code });
  };
  intent = intents.challenged;
  const paymentIntents = { ...stripe.paymentIntents, cancel } as unknown as StripeCalls['paymentIntents'];
  const refusing = stripeProvider(() => ({ ...stripe, paymentIntents }));
  await expect(refusing.call(orderIdOf(1), request, true, true)).rejects.toThrow('unexpected_state');
});

describe('what others have done about a charge', () => {
  const observe = () => provider.observe(orderIdOf(1), { ...money, paymentIntentId: 'pi_1' });

  test('is nothing where there is no charge, or only its id', async () => {
    for (const latest_charge of [null, 'ch_1']) {
      intent = { status: 'succeeded', latest_charge };
      expect(await observe()).toEqual({ refundedMinor: 0, disputes: [] });
    }
  });

  test('is what was refunded; disputes are asked for only if there are some', async () => {
    intent = { status: 'succeeded', latest_charge: { amount_refunded: 300, disputed: false } };
    expect([await observe(), calls]).toEqual([{ refundedMinor: 300, disputes: [] }, []]);
  });

  test('is each dispute, without what a record does not need', async () => {
    intent = { status: 'succeeded', latest_charge: { amount_refunded: 0, disputed: true } };
    const dispute = { id: 'du_1', status: 'lost', reason: 'fraudulent', amount: 1_290 };
    disputes = [
      { ...dispute, object: 'dispute', evidence: {} },
      { ...dispute, id: 'du_2' },
    ];
    const { amount: amountMinor, ...told } = dispute;
    expect(await observe()).toEqual({
      refundedMinor: 0,
      disputes: [
        { ...told, amountMinor },
        { ...told, id: 'du_2', amountMinor },
      ],
    });
  });
});
