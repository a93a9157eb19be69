import { expect, test } from 'vitest';
import { backoffMs } from '../../../infra/local/rabbitmq-event-source/backoff.ts';
import { type Batch, DeliveryBuffer } from '../../../infra/local/rabbitmq-event-source/delivery-buffer.ts';
import type { BatchLimits, Delivery } from '../../../infra/local/rabbitmq-event-source/lane.ts';
import { settlement } from '../../../infra/local/rabbitmq-event-source/settlement.ts';

type Parts = { readonly redelivered?: boolean; readonly bytes?: number; readonly arrivedAtMs?: number };

const again = { redelivered: true };
const hasRoom = true;

function delivery(tag: number, { redelivered = false, bytes = 1, arrivedAtMs = 0 }: Parts = {}): Delivery {
  return { tag, redelivered, json: '', bytes, arrivedAtMs };
}

function filled(limits: BatchLimits, ...deliveries: Delivery[]): DeliveryBuffer {
  return windowed(0, limits, ...deliveries);
}

function windowed(windowMs: number, limits: BatchLimits, ...deliveries: Delivery[]): DeliveryBuffer {
  const buffer = new DeliveryBuffer(limits, windowMs);
  for (const each of deliveries) buffer.add(each);
  return buffer;
}

const tags = (batch: Batch | undefined): number[] | undefined => batch?.deliveries.map(({ tag }) => tag);

/** Batches taken until none is due. */
function takeAll(buffer: DeliveryBuffer, nowMs = 0): (number[] | undefined)[] {
  const batches: (number[] | undefined)[] = [];
  for (let batch = buffer.take(nowMs, hasRoom); batch; batch = buffer.take(nowMs, hasRoom)) {
    batches.push(tags(batch));
  }
  return batches;
}

test('batches are in order and hold at most as many records as allowed', () => {
  const buffer = filled({ records: 2, bytes: 100 }, delivery(1), delivery(2), delivery(3));
  expect(takeAll(buffer)).toEqual([[1, 2], [3]]);
});

test('batches hold at most as many bytes as allowed', () => {
  const buffer = filled(
    { records: 10, bytes: 10 },
    delivery(1, { bytes: 6 }),
    delivery(2, { bytes: 4 }),
    delivery(3, { bytes: 10 }),
    delivery(4, { bytes: 1 }),
  );
  expect(takeAll(buffer)).toEqual([[1, 2], [3], [4]]);
});

test('what comes again goes first, and alone', () => {
  const buffer = filled({ records: 10, bytes: 100 }, delivery(3), delivery(4, again), delivery(5, again));
  expect(buffer.lowestTag).toBe(3);
  expect(takeAll(buffer)).toEqual([[4, 5], [3]]);
  expect(buffer.lowestTag).toBe(Number.POSITIVE_INFINITY);
});

test('a batch is due when it is full, when it comes again, or a window after its first message', () => {
  const limits = { records: 2, bytes: 10 };
  const dueAtMs = (...deliveries: Delivery[]) => windowed(500, limits, ...deliveries).dueAtMs(hasRoom);
  expect(dueAtMs()).toBe(Number.POSITIVE_INFINITY);
  expect(dueAtMs(delivery(1, { arrivedAtMs: 70 }))).toBe(570);
  expect(dueAtMs(delivery(1, { arrivedAtMs: 70 }), delivery(2))).toBe(0);
  expect(dueAtMs(delivery(1, { arrivedAtMs: 70, bytes: 10 }))).toBe(0);
  expect(dueAtMs(delivery(1, { arrivedAtMs: 70, redelivered: true }))).toBe(0);
  const early = windowed(500, limits, delivery(1, { arrivedAtMs: 70 }));
  expect([early.take(569, hasRoom), tags(early.take(570, hasRoom))]).toEqual([undefined, [1]]);
});

test('nothing is left after clearing, not even what was expected again', () => {
  const buffer = filled({ records: 2, bytes: 9 }, delivery(1), delivery(2, again));
  buffer.expectAgain({ deliveries: [delivery(9), delivery(10)], attempt: 7 }, 0);
  buffer.clear();
  expect([buffer.take(0, hasRoom), buffer.dueAtMs(hasRoom)]).toEqual([undefined, Number.POSITIVE_INFINITY]);
  buffer.add(delivery(1, again));
  expect(buffer.take(0, hasRoom)?.attempt).toBe(1);
});

/** A buffer whose first batch of so many has been taken, requeued, and has rested. */
function requeued(records: number, attempt = 1): DeliveryBuffer {
  const buffer = filled({ records: 100, bytes: 100_000 });
  requeue(buffer, records, attempt)();
  return buffer;
}

function requeue(buffer: DeliveryBuffer, records: number, attempt = 1): () => void {
  const deliveries = Array.from({ length: records }, (_, index) => delivery(index + 1));
  return buffer.expectAgain({ deliveries, attempt }, 0);
}

test('a batch that was requeued is not cut into what has come back already and the rest', () => {
  const buffer = requeued(3);
  buffer.add(delivery(4, { arrivedAtMs: 10, redelivered: true }));
  buffer.add(delivery(5));
  buffer.add(delivery(6, { arrivedAtMs: 10, redelivered: true }));
  expect(takeAll(buffer, 11), 'others wait too').toEqual([]);
  buffer.add(delivery(7, { arrivedAtMs: 12, redelivered: true }));
  const batch = buffer.take(12, hasRoom);
  expect([tags(batch), batch?.attempt]).toEqual([[4, 6, 7], 2]);
  expect(takeAll(buffer, 12)).toEqual([[5]]);
});

test('batches that were requeued one after the other do not come again as one', () => {
  const buffer = requeued(2, 4);
  requeue(buffer, 1)();
  for (const tag of [9, 10, 11]) buffer.add(delivery(tag, again));
  const batches = [buffer.take(0, hasRoom), buffer.take(0, hasRoom)];
  expect(batches.map((batch) => [tags(batch), batch?.attempt])).toEqual([
    [[9, 10], 5],
    [[11], 2],
  ]);
});

test('what does not come back is not awaited for longer than the broker pauses, and its count is forgotten', () => {
  const buffer = requeued(3);
  requeue(buffer, 2)();
  buffer.add(delivery(10, { arrivedAtMs: 100, redelivered: true }));
  expect(buffer.dueAtMs(hasRoom)).toBe(2_106);
  expect(buffer.take(2_105, hasRoom)).toBeUndefined();
  expect(tags(buffer.take(2_106, hasRoom))).toEqual([10]);
  buffer.add(delivery(11, { arrivedAtMs: 2_200, redelivered: true }));
  expect(tags(buffer.take(2_200, hasRoom))).toEqual([11]);
});

test('what rests goes on resting when the rest of another batch is given up', () => {
  const buffer = requeued(3);
  const allowAgain = requeue(buffer, 1);
  buffer.add(delivery(5, again));
  expect(takeAll(buffer, 2_006)).toEqual([[5]]);
  buffer.add(delivery(6, again));
  expect(takeAll(buffer, 60_000)).toEqual([]);
  allowAgain();
  expect(takeAll(buffer, 60_000)).toEqual([[6]]);
});

test('what keeps coming but is never all there is not awaited for ever', () => {
  const buffer = requeued(1_000);
  for (let at = 0; at <= 9_900; at += 100) {
    buffer.add(delivery(at + 1, { arrivedAtMs: at, redelivered: true }));
  }
  expect(buffer.dueAtMs(hasRoom)).toBe(12_000);
});

test('others go first where the rest of a batch cannot come before something is settled', () => {
  const buffer = requeued(3);
  buffer.add(delivery(4));
  buffer.add(delivery(5, { arrivedAtMs: 100, redelivered: true }));
  expect(tags(buffer.take(100, false))).toEqual([4]);
  buffer.noteRoom(2_000);
  expect(buffer.dueAtMs(hasRoom), 'the broker has only now been given room').toBe(4_006);
});

test('a batch that rests after its failure is not taken, and nobody else has to wait', () => {
  const buffer = filled({ records: 100, bytes: 100_000 });
  const allowAgain = requeue(buffer, 1);
  buffer.add(delivery(2, again));
  buffer.add(delivery(3));
  expect(takeAll(buffer, 60_000)).toEqual([[3]]);
  expect(buffer.dueAtMs(hasRoom)).toBe(Number.POSITIVE_INFINITY);
  allowAgain();
  expect(takeAll(buffer, 60_000)).toEqual([[2]]);
});

test('others wait for a batch that may come back first, and no longer', () => {
  const buffer = requeued(1);
  buffer.add(delivery(3));
  expect([buffer.take(100, hasRoom), buffer.dueAtMs(hasRoom)]).toEqual([undefined, 500]);
  expect(takeAll(buffer, 500), 'the queue returns messages to its end').toEqual([[3]]);
  buffer.add(delivery(4, again));
  expect(buffer.take(60_000, hasRoom)?.attempt).toBe(2);
});

/** A batch of one that is requeued, then one of ten that fails too and comes back whole. */
function afterOneIsLost(buffer: DeliveryBuffer, atMs: number): (number[] | undefined)[] {
  for (let tag = 1; tag <= 10; tag += 1) buffer.add(delivery(tag, { arrivedAtMs: atMs }));
  const batch = buffer.take(atMs, hasRoom);
  if (batch === undefined) throw new Error('nothing is due');
  buffer.expectAgain(batch, atMs)();
  for (let tag = 11; tag <= 20; tag += 1) {
    buffer.add(delivery(tag, { arrivedAtMs: atMs + 5, redelivered: true }));
  }
  return takeAll(buffer, atMs + 5);
}

const elevenToTwenty = Array.from({ length: 10 }, (_, index) => 11 + index);

test('a batch that the broker has dropped does not cut a later one', () => {
  expect(afterOneIsLost(requeued(1), 10_000)).toEqual([elevenToTwenty]);
});

test('a batch counts as dropped only when the broker had room and was silent', () => {
  expect(afterOneIsLost(requeued(1), 9_999), 'too early').not.toEqual([elevenToTwenty]);
  const busy = requeued(1);
  busy.noteArrival(9_501);
  expect(afterOneIsLost(busy, 10_000), 'the queue had more').not.toEqual([elevenToTwenty]);
  const full = requeued(1);
  full.noteRoom(9_501);
  expect(afterOneIsLost(full, 10_000), 'the queue could not send').not.toEqual([elevenToTwenty]);
});

test('what has begun to come back is not dropped', () => {
  const buffer = requeued(2);
  buffer.add(delivery(3, { arrivedAtMs: 9_000, redelivered: true }));
  buffer.add(delivery(4, { arrivedAtMs: 10_500, redelivered: true }));
  expect(buffer.take(10_500, hasRoom)?.attempt).toBe(2);
});

test('of what never comes back, only so much is remembered', () => {
  const buffer = requeued(2);
  for (let count = 0; count < 10_000; count += 1) requeue(buffer, 1)();
  buffer.add(delivery(3, again));
  expect(tags(buffer.take(0, hasRoom))).toEqual([3]);
});

test('a batch that no longer fits into an event comes again in two, and nothing is awaited', () => {
  const buffer = filled({ records: 10, bytes: 10 });
  const deliveries = [delivery(1, { bytes: 5 }), delivery(2, { bytes: 5 })];
  buffer.expectAgain({ deliveries, attempt: 1 }, 0)();
  for (const tag of [3, 4]) buffer.add(delivery(tag, { ...again, bytes: 6 }));
  expect(takeAll(buffer)).toEqual([[3], [4]]);
});

test.each([
  { open: Number.POSITIVE_INFINITY, upTo: 7, singly: [] },
  { open: 8, upTo: 7, singly: [] },
  { open: 4, upTo: 3, singly: [5, 7] },
  { open: 1, upTo: undefined, singly: [2, 3, 5, 7] },
])('with $open still open, everything up to $upTo is settled at once', ({ open, upTo, singly }) => {
  const deliveries = [2, 3, 5, 7].map((tag) => ({ tag }));
  expect(settlement(deliveries, open)).toEqual({ ...(upTo !== undefined && { upTo }), singly });
});

test('the delay doubles up to its limit', () => {
  expect([1, 2, 3, 9, 10, 1_000].map((attempt) => backoffMs(attempt, 100, 30_000))).toEqual([
    100, 200, 400, 25_600, 30_000, 30_000,
  ]);
});
