import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DeadLetterContent,
  PageCollector,
  type PageRequest,
} from '../../../engine/dead-letters/page.ts';
import { deadLetterOf } from '../../support/dead-letters.ts';

const ALL: PageRequest = { limit: 1_000, maxBytes: 1_000_000 };

function pageOf(messages: readonly DeadLetterContent[], request: PageRequest) {
  const page = new PageCollector<DeadLetterContent>(request);
  for (const message of messages) page.offer(message);
  return page;
}

const idsOf = (page: PageCollector<DeadLetterContent>) =>
  page.deadLetters.map(({ delivery }) => delivery.messageId);

const at = (time: string, messageId: string) =>
  deadLetterOf({ messageId, body: JSON.stringify({ specversion: '1.0', time, data: {} }) });

/** Few ids and bodies, so that some are copies. */
const messages = fc.array(
  fc
    .record({
      messageId: fc.constantFrom('', 'a', 'b'),
      body: fc.constantFrom(
        'x',
        'y'.repeat(50),
        '{"time":"2026-01-01T00:00:00Z"}',
        '{"time":"2026-01-02T00:00:00Z"}',
      ),
      reason: fc.constantFrom('this', 'that'),
    })
    .map(deadLetterOf),
  { maxLength: 40 },
);

describe('pages of dead letters', () => {
  // Fails where a page goes by how many messages come before it: RabbitMQ returns them in another order.
  test('show each once, whatever order they come in each time', () => {
    const orders = fc.infiniteStream(fc.integer());
    fc.assert(
      fc.property(
        messages,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 120 }),
        orders,
        (all, limit, maxBytes, order) => {
          const shuffled = () =>
            all.map((message) => ({ message, key: order.next().value })).toSorted((a, b) => a.key - b.key);
          const seen: DeadLetterContent[] = [];
          let from: PageRequest['from'];
          for (let hasMore = true; hasMore; ) {
            const page = pageOf(
              shuffled().map(({ message }) => message),
              { from, limit, maxBytes },
            );
            const { deadLetters } = page;
            expect(deadLetters.length).toBeLessThanOrEqual(limit);
            const bytes = deadLetters.reduce((sum, { delivery }) => sum + delivery.body.length, 0);
            expect(deadLetters.length === 1 || bytes <= maxBytes).toBe(true);
            expect(deadLetters.length > 0 || all.length === 0).toBe(true);
            seen.push(...deadLetters);
            hasMore = page.hasMore;
            const last = deadLetters.at(-1);
            from = last && { place: last.place, copies: last.copy + 1 };
          }
          const textOf = ({ delivery, reason }: DeadLetterContent) =>
            `${delivery.messageId} ${reason} ${String(delivery.body)}`;
          expect(seen.map(textOf).toSorted()).toEqual(all.map(textOf).toSorted());
        },
      ),
      { numRuns: 300 },
    );
  });

  test('begin with what is no event, and go on by the events’ times', () => {
    const page = pageOf(
      [
        at('2026-01-02T00:00:00Z', 'second'),
        deadLetterOf({ messageId: 'none' }),
        at('2026-01-01T00:00:00Z', 'first'),
      ],
      ALL,
    );
    expect(idsOf(page)).toEqual(['none', 'first', 'second']);
    expect(page.hasMore).toBe(false);
  });

  test('count only what is selected', () => {
    const all = Array.from({ length: 9 }, (_, index) => deadLetterOf({ messageId: `${index}` }));
    const selects: PageRequest['selects'] = ({ delivery }) => Number(delivery.messageId) % 3 === 0;
    const page = pageOf(all, { ...ALL, limit: 3, selects });
    expect(idsOf(page).toSorted()).toEqual(['0', '3', '6']);
    expect(page.hasMore).toBe(false);
  });

  test('name copies alike, and apart what differs in its id, its reason or its body', () => {
    const digests = [{}, {}, { messageId: 'x' }, { reason: 'x' }, { body: 'x' }].map(
      (parts) => pageOf([deadLetterOf(parts)], ALL).deadLetters[0]?.digest,
    );
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(4);
  });
});
