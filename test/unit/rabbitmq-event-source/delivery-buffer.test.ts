import { expect, test } from 'vitest';
import { backoffMs } from '../../../infra/local/rabbitmq-event-source/backoff.ts';
import { type Delivery, DeliveryBuffer } from '../../../infra/local/rabbitmq-event-source/delivery-buffer.ts';
import { settlement } from '../../../infra/local/rabbitmq-event-source/settlement.ts';
import { deliveredMessage } from '../../support/event-source/message.ts';

type Parts = { readonly redelivered?: boolean; readonly bytes?: number; readonly arrivedAtMs?: number };

function delivery(tag: number, { redelivered = false, bytes = 1, arrivedAtMs = 0 }: Parts = {}): Delivery {
  return { message: deliveredMessage({ tag, redelivered }), json: '', bytes, arrivedAtMs };
}

function filled(limits: { records: number; bytes: number }, ...deliveries: Delivery[]): DeliveryBuffer {
  const buffer = new DeliveryBuffer(limits);
  for (const each of deliveries) buffer.add(each);
  return buffer;
}

const tags = (deliveries: readonly Delivery[]): number[] =>
  deliveries.map(({ message }) => message.fields.deliveryTag);

test('batches are in order and hold at most as many records as allowed', () => {
  const buffer = filled({ records: 2, bytes: 100 }, delivery(1), delivery(2), delivery(3));
  expect([tags(buffer.take()), tags(buffer.take()), tags(buffer.take())]).toEqual([[1, 2], [3], []]);
});

test('batches hold at most as many bytes as allowed', () => {
  const buffer = filled(
    { records: 10, bytes: 10 },
    delivery(1, { bytes: 6 }),
    delivery(2, { bytes: 4 }),
    delivery(3, { bytes: 10 }),
    delivery(4, { bytes: 1 }),
  );
  expect([tags(buffer.take()), tags(buffer.take()), tags(buffer.take())]).toEqual([[1, 2], [3], [4]]);
});

test('what comes again goes first, and alone', () => {
  const again = { redelivered: true };
  const buffer = filled({ records: 10, bytes: 100 }, delivery(3), delivery(4, again), delivery(5, again));
  expect(buffer.lowestTag).toBe(3);
  expect([tags(buffer.take()), tags(buffer.take())]).toEqual([[4, 5], [3]]);
  expect(buffer.lowestTag).toBe(Number.POSITIVE_INFINITY);
});

test('a batch is due when it is full, when it comes again, or a window after its first message', () => {
  const limits = { records: 2, bytes: 10 };
  expect(filled(limits).dueAtMs(500)).toBe(Number.POSITIVE_INFINITY);
  expect(filled(limits, delivery(1, { arrivedAtMs: 70 })).dueAtMs(500)).toBe(570);
  expect(filled(limits, delivery(1, { arrivedAtMs: 70 }), delivery(2)).dueAtMs(500)).toBe(0);
  expect(filled(limits, delivery(1, { arrivedAtMs: 70, bytes: 10 })).dueAtMs(500)).toBe(0);
  expect(filled(limits, delivery(1, { arrivedAtMs: 70, redelivered: true })).dueAtMs(500)).toBe(0);
});

test('nothing is left after clearing', () => {
  const buffer = filled({ records: 1, bytes: 1 }, delivery(1), delivery(2, { redelivered: true }));
  buffer.clear();
  expect([buffer.take(), buffer.dueAtMs(0)]).toEqual([[], Number.POSITIVE_INFINITY]);
});

test.each([
  { open: Number.POSITIVE_INFINITY, upTo: 7, singly: [] },
  { open: 8, upTo: 7, singly: [] },
  { open: 4, upTo: 3, singly: [5, 7] },
  { open: 1, upTo: undefined, singly: [2, 3, 5, 7] },
])('with $open still open, everything up to $upTo is settled at once', ({ open, upTo, singly }) => {
  const messages = [2, 3, 5, 7].map((tag) => deliveredMessage({ tag }));
  const result = settlement(messages, open);
  expect(result.upTo?.fields.deliveryTag).toBe(upTo);
  expect(result.singly.map(({ fields }) => fields.deliveryTag)).toEqual(singly);
});

test('the delay doubles up to its limit', () => {
  expect([1, 2, 3, 9, 10, 1_000].map((attempt) => backoffMs(attempt, 100, 30_000))).toEqual([
    100, 200, 400, 25_600, 30_000, 30_000,
  ]);
});
