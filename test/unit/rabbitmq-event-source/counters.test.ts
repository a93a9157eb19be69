import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Counters } from '../../../infra/local/rabbitmq-event-source/counters.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function counting() {
  const lines: string[] = [];
  const ignore = () => {};
  const counters = new Counters('orders', {
    info: (line) => void lines.push(line),
    error: ignore,
    debug: ignore,
  });
  return { counters, lines };
}

test('one line a minute at most, with what happened since the last one', () => {
  const { counters, lines } = counting();
  counters.acknowledgedRecords += 250;
  counters.acknowledgedBatches += 3;
  counters.failedBatches += 1;
  vi.advanceTimersByTime(59_000);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual(['orders: 250 records in 3 batches handled, 1 batches failed']);
  vi.advanceTimersByTime(180_000);
  expect(lines).toHaveLength(1);
  counters.close();
});

test('what has not been told yet is told at the end', () => {
  const { counters, lines } = counting();
  counters.droppedMessages += 2;
  counters.close();
  expect(lines).toEqual(['orders: 0 records in 0 batches handled, 2 messages dropped']);
});
