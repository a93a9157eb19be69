import { describe, expect, test } from 'vitest';
import { type Chosen, redriving } from '../../../console/acts/on-dead-letters.ts';
import type { Ask } from '../../../console/asking/granted.ts';
import { gistOf } from '../../../console/lists/groups.ts';

/**
 * Goal: a redrive moves what its preview has named, and nothing else, whatever becomes of the queue meanwhile. Method: a queue in
 * memory that answers as the API does, a page at a time.
 */
interface Letter {
  readonly digest: string;
  readonly reason: string;
}

interface Said {
  readonly query?: { readonly cursor?: string };
  readonly body?: {
    readonly digests?: readonly string[];
    readonly dryRun?: boolean;
    readonly reason?: string;
  };
}

const PAGE = 2;

class Queue {
  letters: Letter[];
  /** What was moved, with why, call by call. */
  readonly moved: string[][] = [];

  constructor(...letters: readonly Letter[]) {
    this.letters = [...letters];
  }

  readonly ask = (async (call: string, said: Said = {}) => {
    if (call === 'GET /dead-letters/payment') return { body: this.#page(Number(said.query?.cursor ?? 0)) };
    if (call !== 'POST /dead-letters/payment/redrive') throw new Error(`nobody answers ${call}`);
    const { digests = [], dryRun = false, reason = '' } = said.body ?? {};
    const items = this.letters
      .filter(({ digest }) => digests.includes(digest))
      .map(({ digest }) => ({ digest, would: 'apply', moved: !dryRun }));
    if (!dryRun) {
      this.moved.push([reason, ...items.map(({ digest }) => digest)]);
      this.letters = this.letters.filter(({ digest }) => !digests.includes(digest));
    }
    return { body: { items, more: false, isWhole: true } };
  }) as unknown as Ask;

  #page(from: number) {
    const items = this.letters.slice(from, from + PAGE).map((each) => ({ ...each, attempts: 1 }));
    const more = this.letters.length > from + PAGE;
    return { items, more, isWhole: true, ...(more ? { cursor: String(from + PAGE) } : {}) };
  }
}

const letter = (digest: string, reason: string): Letter => ({ digest, reason });
const group: Chosen = { group: 'timeout', belongs: (each) => gistOf(each) === 'timeout' };
const how = { perSecond: undefined, signal: new AbortController().signal, tell: () => {} };

describe('a redrive of a group', () => {
  test('is of all its pages, and of no other group', async () => {
    const queue = new Queue(
      letter('1', 'timeout'),
      letter('2', 'refused'),
      letter('3', 'timeout'),
      letter('4', 'refused'),
      letter('5', 'timeout'),
    );
    const act = redriving('payment', group);
    expect((await act.preview(queue.ask))[0]).toBe('They would: 3 apply. What would stay is not moved.');
    expect(queue.moved).toEqual([]);
    expect((await act.run(queue.ask, 'ticket 7', how))[0]).toBe('3 of 3 are redriven.');
    expect(queue.moved).toEqual([['ticket 7', '1', '3', '5']]);
  });

  test('moves none that has come since its preview', async () => {
    const queue = new Queue(letter('1', 'timeout'));
    const act = redriving('payment', group);
    await act.preview(queue.ask);
    queue.letters.push(letter('2', 'timeout'));
    await act.run(queue.ask, 'ticket 7', how);
    expect(queue.letters.map(({ digest }) => digest)).toEqual(['2']);
  });

  test('that is empty is none', async () => {
    const act = redriving('payment', group);
    await expect(act.preview(new Queue(letter('1', 'refused')).ask)).rejects.toThrow('Nothing is selected.');
  });
});

test('a redrive of a selection that is empty is none, and one of which some are gone says so', async () => {
  const queue = new Queue(letter('1', 'timeout'));
  const named = (...digests: readonly string[]) => redriving('payment', { digests });
  await expect(named().preview(queue.ask)).rejects.toThrow('Nothing is selected.');
  expect(await named('1', '2').preview(queue.ask)).toContain(
    '1 of the 2 are not there any more, or another call holds them.',
  );
});
