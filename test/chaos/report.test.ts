import { expect, test } from 'vitest';
import { type Outcome, summary } from './report.ts';

const outcome: Outcome = {
  seed: 'one',
  minutes: 1,
  orders: {
    offered: 3_000,
    placed: 3_000,
    accepted: 3_000,
    confirmed: 2_700,
    cancelled: 300,
    offeredPerSecond: 50,
    acceptedPerSecond: 50,
  },
  retries: 0,
  repeats: 0,
  answers: { 202: 3_000 },
  hoarded: { accepted: 0, toldToWait: 0 },
  nudges: 0,
  redriven: 0,
  deadLetters: 0,
  poisoned: 0,
  faults: {},
  timeToQuietMs: 1_000,
  violations: [],
};

const violationsOf = (promise: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${promise} number ${index}`);

test('many breaches of one promise do not hide the only one of another', () => {
  const text = summary({
    ...outcome,
    violations: [...violationsOf('P7', 200), 'P8 stock has moved', 'harness: a proxy is gone'],
  });
  expect(text).toContain('202 (P7: 200, P8: 1, harness: 1)');
  expect(text).toContain('… and 190 more of P7');
  expect(text).toContain('✗ P8 stock has moved');
  expect(text).toContain('✗ harness: a proxy is gone');
});

test('no violation is a plain 0', () => {
  expect(summary(outcome)).toMatch(/violations +0$/);
});
