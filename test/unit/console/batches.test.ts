import { describe, expect, test } from 'vitest';
import {
  batchSize,
  inBatches,
  type Progress,
  type Prospect,
  waiting,
} from '../../../console/acts/batches.ts';
import { progressText, redrivenText } from '../../../console/acts/progress.ts';
import { Failure } from '../../../console/asking/failure.ts';

/**
 * Goal: an act on many dead letters names each of them, keeps to its rate, can be stopped, and says of all what they became. Method:
 * a clock that a test sets, and answers as the API gives them.
 */
const item = (digest: string, moved = true): Prospect => ({ digest, would: moved ? 'apply' : 'stay', moved });
const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `d${index}`);
const whole = { more: false, isWhole: true };

function course(perSecond?: number) {
  const stopping = new AbortController();
  const told: Progress[] = [];
  const waits: number[] = [];
  let nowMs = 1_000;
  return {
    ...{ perSecond, stopping, told, waits, signal: stopping.signal },
    tell: (progress: Progress) => void told.push(progress),
    wait: async (ms: number) => {
      waits.push(ms);
      nowMs += ms;
    },
    nowMs: () => nowMs,
  };
}

describe('an act on many', () => {
  test('names each once, in batches, and tells after each how far it is', async () => {
    const how = course();
    const asked: (readonly string[])[] = [];
    const done = await inBatches(
      names(5),
      2,
      async (digests) => {
        asked.push(digests);
        return { items: digests.map((each) => item(each, each !== 'd1')), ...whole };
      },
      how,
    );
    expect(asked).toEqual([['d0', 'd1'], ['d2', 'd3'], ['d4']]);
    expect(how.told.map(progressText)).toEqual([
      '2 of 5 done, 3 left: 1 redriven, 1 stay',
      '4 of 5 done, 1 left: 3 redriven, 1 stay',
      '5 of 5 done, 0 left: 4 redriven, 1 stay',
    ]);
    expect(how.waits).toEqual([]);
    expect(redrivenText(done).slice(0, 3)).toEqual([
      '4 of 5 are redriven.',
      '• a message d0 is redriven: apply',
      '• a message d1 stays: stay',
    ]);
  });

  test('keeps to its rate', async () => {
    const how = course(2);
    await inBatches(names(10), 50, async (all) => ({ items: all.map((each) => item(each)), ...whole }), how);
    expect(how.told.map(({ left }) => left)).toEqual([6, 2, 0]);
    expect(how.waits).toEqual([2_000, 2_000]);
  });

  test('has batches of at most two seconds of its rate, and of one at least', () => {
    expect([undefined, 1_000, 10, 1, 0.1].map((rate) => batchSize(50, rate))).toEqual([50, 50, 20, 2, 1]);
  });

  test('ends after the batch in which it is stopped, and says what is left', async () => {
    const how = course();
    const send = async (digests: readonly string[]) => {
      how.stopping.abort();
      return { items: digests.map((each) => item(each)), ...whole };
    };
    const done = await inBatches(names(5), 2, send, how);
    expect(redrivenText(done).slice(0, 2)).toEqual(['2 of 5 are redriven.', '3 are left as they were.']);
  });

  test('goes on with those for which a call had no time, and with no others', async () => {
    const asked: (readonly string[])[] = [];
    const send = async (digests: readonly string[]) => {
      asked.push(digests);
      const items = digests.slice(0, 1).map((each) => item(each));
      return { items, more: digests.length > 1, isWhole: true };
    };
    const { items, gone } = await inBatches(names(3), 2, send, course());
    expect(asked).toEqual([['d0', 'd1'], ['d1', 'd2'], ['d2']]);
    expect([items.length, gone]).toEqual([3, 0]);
  });

  test('asks some times for those that another call holds, and says then that they are not there', async () => {
    const how = course();
    const done = await inBatches(names(2), 2, async () => ({ items: [], more: false, isWhole: false }), how);
    expect(how.waits).toEqual([1_000, 1_000, 1_000, 1_000]);
    expect(redrivenText(done)).toEqual([
      '0 of 2 are redriven.',
      '2 of the 2 are not there any more, or another call holds them.',
    ]);
  });

  test('has patience again with the others once it has met one', async () => {
    let calls = 0;
    const send = async ([first = '']: readonly string[]) => {
      calls += 1;
      return { items: calls % 4 === 0 ? [item(first)] : [], more: false, isWhole: false };
    };
    expect(await inBatches(names(3), 3, send, course())).toMatchObject({ left: 0, gone: 0 });
  });

  test('ends although a call says again and again that there are more, and meets none', async () => {
    const send = async () => ({ items: [], more: true, isWhole: true });
    expect(await inBatches(names(3), 2, send, course())).toMatchObject({ left: 0, gone: 3 });
  });

  test('takes those that are not there any more as such', async () => {
    const gone = await inBatches(names(2), 1, () => Promise.reject(new Failure('404', 404)), course());
    expect(gone).toMatchObject({ left: 0, gone: 2 });
  });

  test('ends with the first refusal, and says of which nobody knows', async () => {
    let calls = 0;
    const send = async (digests: readonly string[]) => {
      calls += 1;
      if (calls === 2) throw new Failure('503 busy', 503);
      return { items: digests.map((each) => item(each)), ...whole };
    };
    const done = await inBatches(names(5), 2, send, course());
    expect(redrivenText(done).slice(0, 4)).toEqual([
      '2 of 5 are redriven.',
      '✕ It ended early: 503 busy',
      'Whether 2 of them are redriven nobody knows: the list tells.',
      '1 are left as they were.',
    ]);
    const last = await inBatches(names(2), 2, () => Promise.reject(new Failure('503')), course());
    expect(redrivenText(last).join()).not.toContain('left as they were');
    await expect(
      inBatches(names(1), 1, () => Promise.reject(new TypeError('bug')), course()),
    ).rejects.toThrow('bug');
  });
});

test('a wait ends when it is stopped', async () => {
  const stopping = new AbortController();
  const wait = waiting(60_000, stopping.signal);
  stopping.abort();
  await wait;
  await waiting(60_000, stopping.signal);
});
