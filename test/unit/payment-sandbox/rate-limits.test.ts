import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { RateLimited, RateLimits } from '../../../infra/local/payment-sandbox/http/rate-limits.ts';
import { defaultSettings } from '../../../infra/local/payment-sandbox/settings.ts';
import { refusalOf, SandboxUnderTest } from '../../support/payment-sandbox.ts';

/** Goal: a request over a limit has done nothing, and its key is not spent. Method: the real SDK. */
const sandbox = new SandboxUnderTest();
let stripe: Stripe;
beforeAll(async () => {
  await sandbox.start();
  stripe = sandbox.stripe();
});
afterEach(() => sandbox.set({ ratePerSecond: 0, endpointRatePerSecond: 0 }));
afterAll(() => sandbox.end());

const confirmAll = async (ids: readonly string[]) =>
  await Promise.all(
    ids.map((id) =>
      stripe.paymentIntents.confirm(id, {}, { idempotencyKey: id }).then(
        () => 'charged' as const,
        (error: Stripe.errors.StripeError) => error,
      ),
    ),
  );

test.each([
  [{ ratePerSecond: 5 }, 'global-rate'],
  [{ endpointRatePerSecond: 5 }, 'endpoint-rate'],
])('%j turns away what is too much: %s', async (limits, reason) => {
  const intents = await Promise.all(Array.from({ length: 20 }, () => sandbox.prepare('pm_card_visa')));
  const before = await sandbox.report();
  await sandbox.set(limits);
  const answers = await confirmAll(intents.map(({ id }) => id));
  const refusals = answers.filter((answer) => answer !== 'charged');
  expect(refusals.length).toBeGreaterThanOrEqual(14);
  for (const refusal of refusals) {
    expect(refusal).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(refusal).toMatchObject({ statusCode: 429, code: 'rate_limit', rawType: 'invalid_request_error' });
    expect(refusal.headers?.['stripe-rate-limited-reason']).toBe(reason);
  }
  const { captures, attempts } = await sandbox.report();
  expect(captures - before.captures).toBe(20 - refusals.length);
  expect(attempts.rateLimited - before.attempts.rateLimited).toBe(refusals.length);

  await sandbox.set({ ratePerSecond: 0, endpointRatePerSecond: 0 });
  expect(await confirmAll(intents.map(({ id }) => id))).toEqual(Array(20).fill('charged'));
  expect((await sandbox.report()).captures - before.captures).toBe(20);
});

test('the limit of one endpoint leaves the others alone', async () => {
  const { id } = await sandbox.prepare('pm_card_visa');
  await sandbox.set({ endpointRatePerSecond: 1 });
  await stripe.paymentIntents.retrieve(id);
  expect((await refusalOf(stripe.paymentIntents.retrieve(id))).statusCode).toBe(429);
  expect((await stripe.paymentIntents.confirm(id)).status).toBe('succeeded');
});

test('no second has more than twice the limit, and an even stream at the limit is never turned away', () => {
  const stream = fc.record({
    ratePerSecond: fc.integer({ min: 1, max: 50 }),
    gapsMs: fc.array(
      fc.oneof(
        { weight: 50, arbitrary: fc.integer({ min: 0, max: 20 }) },
        { weight: 1, arbitrary: fc.constant(60_000) },
      ),
      { minLength: 200, maxLength: 300 },
    ),
  });
  fc.assert(
    fc.property(stream, ({ ratePerSecond, gapsMs }) => {
      const limits = new RateLimits({ ...defaultSettings, ratePerSecond });
      const admitted = admittedAt(limits, gapsMs);
      for (const start of admitted) {
        const within = admitted.filter((at) => at >= start && at < start + 1_000).length;
        expect(within).toBeLessThanOrEqual(2 * ratePerSecond);
      }
      const even = Array.from({ length: 300 }, () => Math.ceil(1_000 / ratePerSecond));
      expect(admittedAt(new RateLimits({ ...defaultSettings, ratePerSecond }), even)).toHaveLength(300);
    }),
    { numRuns: 50 },
  );
});

function admittedAt(limits: RateLimits, gapsMs: readonly number[]): number[] {
  const endpoint = {};
  let nowMs = 0;
  return gapsMs.flatMap((gapMs) => {
    nowMs += gapMs;
    try {
      limits.admit(endpoint, nowMs);
      return [nowMs];
    } catch (error) {
      expect(error).toBeInstanceOf(RateLimited);
      return [];
    }
  });
}
