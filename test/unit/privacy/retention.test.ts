import { expect, test } from 'vitest';
import { retentionMs } from '../../../engine/privacy/retention.ts';

const DAY_MS = 24 * 3_600_000;

test.each([undefined, '', 'forever'])('nothing is forgotten by itself with RETENTION_DAYS=%s', (text) => {
  expect(retentionMs(45, text)).toBe(Number.POSITIVE_INFINITY);
});

test('a number of days is one', () => {
  expect(retentionMs(45, '45')).toBe(45 * DAY_MS);
  expect(retentionMs(45, '3650')).toBe(3_650 * DAY_MS);
});

// Fails where a refund that fails after weeks finds nothing to tell people of.
test.each(['44', '0', '-1', '1.5', 'never', '100000'])(
  '%s is refused, with the fewest that will do',
  (text) => {
    expect(() => retentionMs(45, text)).toThrow(
      `RETENTION_DAYS is "${text}": it has to be a number of days, at least 45, or forever`,
    );
  },
);
