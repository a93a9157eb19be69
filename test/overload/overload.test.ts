import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Aftermath, flood } from './flood.ts';

/**
 * Goal: a flood harms nothing, and what Stripe allows is used. Method: the product's own participants, consumers and
 * schedule in virtual time, before a Stripe that refuses more calls in any second than it documents.
 */
const PATIENCE_MS = 300_000;
const HOURS = 3_600;

/** What a live key may do, and a test key. https://docs.stripe.com/rate-limits */
const live = { key: 'sk_live_1', allowed: { all: 100, endpoint: 25 } };
const sandbox = { key: 'sk_test_1', allowed: { all: 25, endpoint: 25 } };

/** As in serverless.yml. */
const defaults = { deadlineSeconds: 900, maxWaiting: '5600', maxWaitSeconds: '10' };
const patient = { deadlineSeconds: 2 * HOURS, maxWaiting: 'none', maxWaitSeconds: 'none' };

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Nothing is lost, refused or done twice. */
const harmless = { deadLetters: 0, killed: 0, refusedByStripe: 0 };

function inTime({ admitted, confirmed, seconds, used, callsPerOrder }: Aftermath, perSecond: number): void {
  expect(confirmed).toBe(admitted);
  expect(seconds).toBeLessThan((admitted / perSecond) * 1.1);
  expect(used).toBeGreaterThanOrEqual(0.95);
  expect(callsPerOrder).toBeLessThanOrEqual(2 * 1.1);
}

describe('orders come faster than Stripe allows', () => {
  test.each([
    [60, 120],
    [90, 600],
  ])(
    '%i a second for %i seconds: all are charged, as fast as is allowed',
    async (ordersPerSecond, seconds) => {
      const aftermath = await flood({ ...live, ...patient, ordersPerSecond, seconds });
      expect(aftermath).toMatchObject({ ...harmless, admitted: ordersPerSecond * seconds });
      inTime(aftermath, live.allowed.endpoint);
    },
    PATIENCE_MS,
  );

  test(
    'than a test key allows, where two calls of an order share one limit: the same',
    async () => {
      const aftermath = await flood({ ...sandbox, ...patient, ordersPerSecond: 60, seconds: 60 });
      expect(aftermath).toMatchObject(harmless);
      inTime(aftermath, sandbox.allowed.all / 2);
    },
    PATIENCE_MS,
  );

  test.each([
    ['live', 60, 120, live],
    ['live', 90, 600, live],
    ['test', 60, 120, sandbox],
  ])(
    'and the settings are those of AWS (%s key, %i a second for %i seconds): whom it lets in, it confirms',
    async (_, ordersPerSecond, seconds, key) => {
      const aftermath = await flood({ ...key, ...defaults, ordersPerSecond, seconds });
      expect(aftermath).toMatchObject(harmless);
      expect(aftermath.confirmed).toBeGreaterThanOrEqual(aftermath.admitted * 0.95);
    },
    PATIENCE_MS,
  );
});

describe('three times as many come as Stripe allows, and nobody may wait longer than 10 s', () => {
  // Fails where all are let in: they wait for minutes. Fails where too few are: Stripe's rate is not used.
  test(
    'as many are let in as can be charged, no more, and soon after the flood all have ended',
    async () => {
      const [ordersPerSecond, seconds] = [75, 600];
      const aftermath = await flood({ ...live, ...defaults, maxWaiting: 'none', ordersPerSecond, seconds });
      expect(aftermath).toMatchObject({ ...harmless, confirmed: aftermath.admitted });
      expect(aftermath.used).toBeGreaterThanOrEqual(0.95);
      expect(aftermath.seconds).toBeLessThan(seconds + 20);
    },
    PATIENCE_MS,
  );

  test(
    'nobody is refused of those who come no faster than is allowed',
    async () => {
      const aftermath = await flood({ ...live, ...defaults, ordersPerSecond: 24, seconds: 120 });
      expect(aftermath).toMatchObject({ ...harmless, admitted: 24 * 120, confirmed: 24 * 120 });
    },
    PATIENCE_MS,
  );
});

describe('Stripe is slower than expected', () => {
  test(
    'it allows less than it documents: the pace learns it, and refused calls are made again until all are charged',
    async () => {
      const allowed = { all: 100, endpoint: 10 };
      const aftermath = await flood({ ...live, allowed, ...patient, ordersPerSecond: 60, seconds: 60 });
      expect(aftermath).toMatchObject({ deadLetters: 0, killed: 0, confirmed: 3_600 });
      expect(aftermath.refusedByStripe).toBeGreaterThan(0);
      expect(aftermath.refusedByStripe).toBeLessThan(3_600 / 10);
      expect(aftermath.seconds).toBeLessThan((3_600 / allowed.endpoint) * 1.5);
    },
    PATIENCE_MS,
  );

  // Fails where a batch waits until all of its calls are made: Lambda kills the function first.
  test(
    'one of sixteen consumers cannot make the calls of a batch before its timeout: it gives the rest back',
    async () => {
      const aftermath = await flood({
        ...{ ...live, ...patient, ordersPerSecond: 60, seconds: 5 },
        share: 1 / 16,
      });
      expect(aftermath).toMatchObject({ ...harmless, confirmed: 300 });
      expect(aftermath.callsPerOrder).toBeLessThanOrEqual(2 * 1.1);
    },
    PATIENCE_MS,
  );

  test(
    'its answers take two seconds: no batch is killed, and nothing is done twice',
    async () => {
      const aftermath = await flood({
        ...{ ...live, ...patient, ordersPerSecond: 60, seconds: 30 },
        latencyMs: 2_000,
      });
      expect(aftermath).toMatchObject({ ...harmless, confirmed: 1_800, callsPerOrder: 2 });
    },
    PATIENCE_MS,
  );
});
