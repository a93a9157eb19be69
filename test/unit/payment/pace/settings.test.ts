import { describe, expect, test } from 'vitest';
import { limitsFrom } from '../../../../functions/payment/pace/settings.ts';
import { limitOf } from '../../../../functions/payment/pace/window.ts';

const rates = (all: number, endpoint: number) => ({ all: limitOf(all), endpoint: limitOf(endpoint) });

describe('the limits', () => {
  test.each([
    ['sk_live_1', 100, 25],
    ['rk_live_1', 100, 25],
    ['sk_test_1', 25, 25],
    ['rk_test_1', 25, 25],
    ['whatever', 25, 25],
  ])('of the key %s are those that Stripe documents', (key, all, endpoint) => {
    expect(limitsFrom({}, key)).toEqual(rates(all, endpoint));
    expect(limitsFrom({ PAYMENT_RATE_LIMIT: '', PAYMENT_ENDPOINT_RATE_LIMIT: '' }, key)).toEqual(
      rates(all, endpoint),
    );
  });

  test('are what is set, each by itself, and none if that is set', () => {
    expect(limitsFrom({ PAYMENT_RATE_LIMIT: '500' }, 'sk_live_1')).toEqual(rates(500, 25));
    expect(
      limitsFrom({ PAYMENT_RATE_LIMIT: 'none', PAYMENT_ENDPOINT_RATE_LIMIT: 'none' }, 'sk_live_1'),
    ).toEqual({ all: undefined, endpoint: undefined });
  });

  // Fails where each rounds up: together they make more calls than are allowed.
  test.each([1, 2, 4, 8, 16])('are shared by %i consumers, which together keep to them', (shards) => {
    const { all, endpoint } = limitsFrom({ QUEUE_SHARDS: `payment=${shards}` }, 'sk_live_1');
    for (const [limit, most] of [
      [all, 100],
      [endpoint, 25],
    ] as const) {
      expect(limit?.perMs).toBeGreaterThanOrEqual(1_000);
      expect((limit?.calls ?? 0) * shards).toBeLessThanOrEqual(most);
    }
  });

  test('can be those of a caller that makes few calls', () => {
    expect(limitsFrom({}, 'sk_live_1', 1 / 25)).toEqual(rates(4, 1));
  });

  test.each(['0', '-1', '2.5', '1e3', 'fast', ' 25'])('cannot be %j', (text) => {
    expect(() => limitsFrom({ PAYMENT_RATE_LIMIT: text }, 'sk_live_1')).toThrow(
      `PAYMENT_RATE_LIMIT is ${JSON.stringify(text)}: it has to be a number of calls a second, or none`,
    );
    expect(() => limitsFrom({ PAYMENT_ENDPOINT_RATE_LIMIT: text }, 'sk_live_1')).toThrow(
      `PAYMENT_ENDPOINT_RATE_LIMIT is ${JSON.stringify(text)}`,
    );
  });
});
