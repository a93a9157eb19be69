import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_PER_SECOND } from '../../../../console/playground/wire.ts';
import { Crowd } from '../../../../infra/local/console/controls/crowd.ts';

/** Goal: a crowd is no larger and stays no longer than was asked. Method: a clock of the test, and a shop that counts. */
let answers: Promise<boolean>;
let asked: string[];
let crowd: Crowd;

beforeEach(() => {
  vi.useFakeTimers();
  answers = Promise.resolve(true);
  asked = [];
  crowd = new Crowd((sku, index) => {
    asked.push(`${sku} ${index}`);
    return answers;
  });
});
afterEach(() => {
  crowd.set('', 0);
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

test('comes at its rate, and leaves after a minute', async () => {
  crowd.set('mug', MAX_PER_SECOND);
  await pass(1);
  expect(asked.length).toBe(MAX_PER_SECOND);
  expect(crowd.told).toEqual({ perSecond: 20, leftSeconds: 59, accepted: 20, refused: 0 });
  await pass(120);
  expect(asked.length).toBeLessThanOrEqual(MAX_PER_SECOND * 60);
  expect(asked.length).toBeGreaterThan(MAX_PER_SECOND * 59);
  expect(crowd.told).toMatchObject({ perSecond: 0, leftSeconds: 0 });
  expect(new Set(asked).size).toBe(asked.length);
});

test('is sent away at once, and another takes its place and not part beside it', async () => {
  crowd.set('mug', 10);
  await pass(1);
  crowd.set('cup', 2);
  await pass(1);
  expect(asked.slice(10)).toEqual(['cup 11', 'cup 12']);
  crowd.set('', 0);
  await pass(10);
  expect(asked.length).toBe(12);
});

test('counts who is refused', async () => {
  answers = Promise.reject(new Error('503'));
  answers.catch(() => {});
  crowd.set('mug', 5);
  await pass(1);
  expect(crowd.told).toMatchObject({ accepted: 0, refused: 5 });
});

test('asks no more of a shop that does not answer', async () => {
  answers = new Promise(() => {});
  crowd.set('mug', 20);
  await pass(30);
  expect(asked.length).toBe(100);
  expect(crowd.told.refused).toBe(500);
});
