import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  listIntents,
  type ProviderBooks,
  retrieveIntent,
} from '../../../functions/reconciliation/provider-books.ts';

/** Goal: the provider's lists are asked for, and read, as Stripe documents them. */
const window = { fromMs: 1_000_500, toMs: 2_000_500 };

const intent = (id: string, charge: object = {}, status = 'succeeded') => ({
  id,
  amount: 500,
  amount_received: 500,
  currency: 'eur',
  created: 1_500,
  status,
  metadata: { orderId: `order of ${id}` },
  latest_charge: { amount_refunded: 0, disputed: false, ...charge },
});

type Lists = Partial<Record<'intents' | 'refunds' | 'disputes', readonly object[]>>;

/** Answers each list page by page, and keeps what was asked for. */
function booksWith(pages: Lists) {
  const asked: object[] = [];
  const rest = {
    intents: [...(pages.intents ?? [])],
    refunds: [...(pages.refunds ?? [])],
    disputes: [...(pages.disputes ?? [])],
  };
  const list = (name: keyof Lists) => async (wanted: object) => {
    asked.push({ [name]: wanted });
    const data = rest[name].splice(0, 1).flat();
    return { data, has_more: rest[name].length > 0 };
  };
  const books = {
    paymentIntents: {
      list: list('intents'),
      retrieve: async (id: string) => {
        if (id !== 'pi_1')
          throw new Stripe.errors.StripeInvalidRequestError({
            type: 'invalid_request_error',
            code: id,
            message: id,
          });
        return intent(id);
      },
    },
    refunds: { list: list('refunds') },
    disputes: { list: list('disputes') },
  };
  return { asked, books: books as unknown as ProviderBooks };
}

test('a page is asked for by the seconds of the window, and the next one after its last intent', async () => {
  const { asked, books } = booksWith({ intents: [[intent('pi_2'), intent('pi_1')], []] });
  const { listed, next } = await listIntents(books, window, undefined);
  expect(next).toBe('pi_1');
  expect(listed).toMatchObject([
    {
      orderId: 'order of pi_2',
      intent: { id: 'pi_2', amountMinor: 500, currency: 'EUR', capturedMinor: 500, createdAtMs: 1_500_000 },
    },
    { orderId: 'order of pi_1' },
  ]);
  expect(await listIntents(books, window, next)).toEqual({ listed: [], next: undefined });
  const common = { created: { gte: 1_000, lt: 2_000 }, limit: 100, expand: ['data.latest_charge'] };
  expect(asked).toEqual([{ intents: common }, { intents: { ...common, starting_after: 'pi_1' } }]);
});

test('what was not charged has captured nothing, and an intent of no order has none', async () => {
  const { books } = booksWith({
    intents: [[{ ...intent('pi_1', {}, 'canceled'), metadata: {}, latest_charge: null }]],
  });
  expect((await listIntents(books, window, undefined)).listed).toMatchObject([
    { orderId: undefined, intent: { capturedMinor: 0, refunds: [], disputes: [] } },
  ]);
});

test('refunds count unless they have failed, from all pages; disputes are told', async () => {
  const refund = (id: string, status: string) => ({ id, amount: 100, created: 1_600, status });
  const { asked, books } = booksWith({
    intents: [[intent('pi_1', { amount_refunded: 300, disputed: true })]],
    refunds: [
      [refund('re_4', 'pending'), refund('re_3', 'failed')],
      [refund('re_2', 'canceled'), refund('re_1', 'succeeded')],
    ],
    disputes: [[refund('du_1', 'needs_response')]],
  });
  const { listed } = await listIntents(books, window, undefined);
  const movement = { amountMinor: 100, atMs: 1_600_000 };
  expect(listed[0]?.intent).toMatchObject({ refunds: [movement, movement], disputes: [movement] });
  expect(asked.slice(1)).toEqual([
    { refunds: { payment_intent: 'pi_1', limit: 100 } },
    { refunds: { payment_intent: 'pi_1', limit: 100, starting_after: 're_3' } },
    { disputes: { payment_intent: 'pi_1', limit: 100 } },
  ]);
});

// Fails where an answer that says nothing is taken for the provider's word that there is no such intent.
test('an intent that is missing is none, and any other error is an error', async () => {
  const { books } = booksWith({});
  expect(await retrieveIntent(books, 'pi_1')).toMatchObject({ id: 'pi_1' });
  expect(await retrieveIntent(books, 'resource_missing')).toBeUndefined();
  await expect(retrieveIntent(books, 'rate_limit')).rejects.toThrow('rate_limit');
});

describe('what Stripe limits', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Refuses so many calls, and then knows the intent. */
  function limited(refusals: number): ProviderBooks {
    let calls = 0;
    const retrieve = async (id: string) => {
      calls += 1;
      if (calls <= refusals)
        throw new Stripe.errors.StripeRateLimitError({ type: 'rate_limit_error', message: 'slower' });
      return intent(id);
    };
    return { paymentIntents: { retrieve } } as unknown as ProviderBooks;
  }

  test('is asked for again, less and less often', async () => {
    const asked = retrieveIntent(limited(5), 'pi_1');
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await asked).toMatchObject({ id: 'pi_1' });
  });

  test('is given up in the end', async () => {
    const asked = expect(retrieveIntent(limited(6), 'pi_1')).rejects.toThrow('slower');
    await vi.advanceTimersByTimeAsync(31_000);
    await asked;
  });
});
