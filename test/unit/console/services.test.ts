import { describe, expect, test } from 'vitest';
import { answered, failed } from '../../../console/asking/pace.ts';
import { brokerText, failingIn } from '../../../console/lists/services.ts';

/** Goal: the first page says which service cannot go on and why, and whether the broker answers, without a second truth. */
const saga = (...errors: readonly (string | undefined)[]) => ({
  ...{ orderId: 'ord_1', status: 'PENDING', ageSeconds: 5 },
  troubles: errors.map((lastError) => ({
    service: 'payment',
    ...(lastError === undefined ? {} : { lastError }),
  })),
});

describe('what services fail on', () => {
  test('is counted by service and error, the most frequent first', () => {
    const other = { ...saga(), troubles: [{ service: 'inventory', lastError: 'timeout' }] };
    expect(failingIn([saga('timeout'), other, saga('refused'), saga('refused', undefined)])).toEqual([
      { service: 'payment', error: 'refused', sagas: 2 },
      { service: 'payment', error: 'timeout', sagas: 1 },
      { service: 'inventory', error: 'timeout', sagas: 1 },
    ]);
  });

  test('is nothing where nothing fails', () => {
    expect(failingIn([{ orderId: 'ord_1', status: 'PENDING', ageSeconds: 5 }])).toEqual([]);
  });
});

describe('the broker', () => {
  const known = answered({}, 1_000, 2_000);
  const down = failed({}, '503 The broker does not answer', 2_000);

  test('answers if the dead letters of any service could be read', () => {
    expect(brokerText([down, known])).toBe('● the broker answers');
  });

  test('is not heard of if none could, although they could before', () => {
    expect(brokerText([failed(known, '503 busy', 2_000), down])).toBe(
      '✕ nothing is heard of the broker: 503 busy',
    );
  });

  test('is asked at first', () => {
    expect([brokerText([]), brokerText([{}])]).toEqual(['… asking the broker', '… asking the broker']);
  });
});
