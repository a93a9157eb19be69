import Stripe from 'stripe';
import { describe, expect, test, vi } from 'vitest';
import { Deferred } from '../../../../engine/batch/deferred.ts';
import { BatchTime } from '../../../../engine/batch/time-left.ts';
import { paced } from '../../../../functions/payment/pace/paced-stripe.ts';
import { Pacer } from '../../../../functions/payment/pace/pacer.ts';
import type { StripeCalls } from '../../../../functions/payment/stripe-calls.ts';

/** A Stripe that answers every call in the same way, and the pace of its calls. Time stands still. */
function scene(answer: () => unknown) {
  const pacer = new Pacer(
    { all: undefined, endpoint: undefined },
    { now: () => 1_000, after: () => {}, random: () => 1 },
  );
  const asked: unknown[] = [];
  const method =
    (name: string) =>
    async (...request: readonly unknown[]) => {
      asked.push([name, ...request]);
      return answer();
    };
  const methods = Object.fromEntries(
    ['create', 'confirm', 'retrieve', 'cancel', 'list'].map((name) => [name, method(name)]),
  );
  const stripe = { paymentIntents: methods, refunds: methods, disputes: methods } as unknown as StripeCalls;
  return { stripe: paced(stripe, pacer, () => 1_000), pacer, asked };
}

const raised = (error: Error) => () => {
  throw error;
};
const limited = (headers: Readonly<Record<string, string>> = {}, code?: string) =>
  new Stripe.errors.StripeRateLimitError({
    ...{ type: 'rate_limit_error', message: 'slower', statusCode: 429, headers, ...(code && { code }) },
  } as never);
const failed = (statusCode: number) =>
  new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'down', statusCode } as never);

describe('a call to Stripe', () => {
  // Fails where calls share a limit that Stripe counts apart, or where a payment begins that cannot be confirmed in time.
  test('has the limit of its own endpoint, and what begins a payment needs time for two', async () => {
    const { stripe, pacer } = scene(() => ({}));
    const turns: unknown[] = [];
    vi.spyOn(pacer, 'turn').mockImplementation(({ name, begins }, withinMs) => {
      turns.push([name, begins, withinMs]);
      return undefined;
    });
    const { paymentIntents, refunds, disputes } = stripe;
    await new BatchTime(() => 0, 29_000).within(async () => {
      await paymentIntents.create({ amount: 100, currency: 'eur' });
      await paymentIntents.confirm('pi_1');
      await paymentIntents.retrieve('pi_1');
      await paymentIntents.cancel('pi_1');
      await refunds.create({ payment_intent: 'pi_1' });
      await refunds.list({ payment_intent: 'pi_1' });
      await disputes.list({ payment_intent: 'pi_1' });
    });
    expect(turns).toEqual([
      ['POST /v1/payment_intents', true, 17_000],
      ['POST /v1/payment_intents/{id}/confirm', false, 22_000],
      ['GET /v1/payment_intents/{id}', false, 22_000],
      ['POST /v1/payment_intents/{id}/cancel', false, 22_000],
      ['POST /v1/refunds', false, 22_000],
      ['GET /v1/refunds', false, 22_000],
      ['GET /v1/disputes', false, 22_000],
    ]);
  });

  test('is made as it was asked for, and its answer is passed on', async () => {
    const { stripe, asked } = scene(() => ({ id: 'pi_1' }));
    expect(await stripe.paymentIntents.retrieve('pi_1', { expand: ['latest_charge'] })).toEqual({
      id: 'pi_1',
    });
    await stripe.refunds.list({ payment_intent: 'pi_1' });
    expect(asked).toEqual([
      ['retrieve', 'pi_1', { expand: ['latest_charge'] }],
      ['list', { payment_intent: 'pi_1' }],
    ]);
  });

  test.each([
    [{}, 250],
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 250],
    [{ 'retry-after': '-1' }, 250],
  ])('that comes too soon (%j) is deferred, and all others pause for so long', async (headers, afterMs) => {
    const { stripe, pacer } = scene(raised(limited(headers)));
    const refusal = stripe.paymentIntents.retrieve('pi_1');
    await expect(refusal).rejects.toBeInstanceOf(Deferred);
    await expect(refusal).rejects.toMatchObject({ afterMs });
    expect(pacer.pausedMs).toBe(afterMs);
  });

  // https://docs.stripe.com/error-codes
  // Fails where it is deferred: an object that stays locked is asked for ever, four times a second, and nobody hears of it.
  test('about an object that is locked has failed, and nobody else pauses', async () => {
    const error = limited({}, 'lock_timeout');
    const { stripe, pacer } = scene(raised(error));
    await expect(stripe.refunds.create({ payment_intent: 'pi_1' })).rejects.toBe(error);
    expect(pacer.pausedMs).toBe(0);
  });

  test('that asks for a pause of hours gets one of a minute', async () => {
    const { stripe, pacer } = scene(raised(limited({ 'retry-after': '86400' })));
    await expect(stripe.refunds.create({ payment_intent: 'pi_1' })).rejects.toBeInstanceOf(Deferred);
    expect(pacer.pausedMs).toBe(60_000);
  });

  test.each([500, 502, 503])('that fails with %i has failed, and all others pause', async (status) => {
    const error = failed(status);
    const { stripe, pacer } = scene(raised(error));
    await expect(stripe.paymentIntents.create({ amount: 1, currency: 'eur' })).rejects.toBe(error);
    expect(pacer.pausedMs).toBe(250);
  });

  test.each([
    ['is declined', new Stripe.errors.StripeCardError({ type: 'card_error', message: 'no' } as never)],
    ['is lost', new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'gone' } as never)],
    ['meets a bug', new TypeError('undefined is not a function')],
  ])('that %s says so, and nobody pauses', async (_, error) => {
    const { stripe, pacer } = scene(raised(error));
    await expect(stripe.paymentIntents.confirm('pi_1')).rejects.toBe(error);
    expect(pacer.pausedMs).toBe(0);
  });
});
