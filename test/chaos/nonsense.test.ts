import { expect, test } from 'vitest';
import { type Nonsense, nonsenseToFind } from './nonsense.ts';

const sent = (count: number, from: string, atMs: number): [string, Nonsense][] =>
  Array.from({ length: count }, (_, index) => [
    `${from}-${atMs}-${index}`,
    { from, to: `${from}.dead`, sentMs: atMs },
  ]);
const dead = (messageIds: readonly string[]) =>
  messageIds.map((messageId) => ({
    queue: `${messageId.split('-')[0]}.dead`,
    messageId,
    reason: 'not JSON',
  }));
const deletion = { queue: 'payment', atMs: 100_000, againAtMs: 110_000, messages: 100 };

test('all of it has to be a dead letter if no queue was deleted', () => {
  expect(nonsenseToFind(new Map(sent(3, 'order', 0)), [], []).size).toBe(3);
});

test('as much may be missing as was in the queue when that was deleted, however long it had waited there', () => {
  const before = new Map(sent(1_000, 'payment', 1_000));
  expect(nonsenseToFind(before, [deletion], []).size).toBe(400);
  const [some] = [dead([...before.keys()].slice(0, 400))];
  const left = nonsenseToFind(before, [deletion], some);
  expect([...left.keys()]).toEqual(some.map(({ messageId }) => messageId));
});

test('all may be missing that was sent when there was no queue, and nothing that came later or went elsewhere', () => {
  const all = new Map([
    ...sent(2_000, 'payment', 105_000),
    ...sent(7, 'payment', 120_000),
    ...sent(5, 'order', 1_000),
  ]);
  expect(nonsenseToFind(all, [deletion], []).size).toBe(12);
});
