import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closedLoop, type Loop, openLoop, type Saga } from '../../bench/loops.ts';
import { Progress, whileProgressing } from '../../bench/patience.ts';

const never = new AbortController().signal;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function performed<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  return await work;
}

const loop = (sagas: number, run: Saga): Loop => ({ sagas, run, ended: () => {}, stop: never });

describe('a closed loop', () => {
  test('never has more sagas under way than customers, and places each once', async () => {
    const placed: number[] = [];
    let [underWay, most] = [0, 0];
    const run: Saga = async (index) => {
      placed.push(index);
      most = Math.max(most, ++underWay);
      await wait(10);
      underWay -= 1;
      return performance.now();
    };
    const { elapsedMs, latenciesMs } = await performed(closedLoop({ ...loop(10, run), concurrency: 4 }));
    expect(placed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(4);
    expect(elapsedMs).toBe(30);
    expect(latenciesMs).toEqual(Array.from({ length: 10 }, () => 10));
  });

  test('fails as its sagas fail', async () => {
    const run = () => Promise.reject(new Error('refused'));
    await expect(performed(closedLoop({ ...loop(3, run), concurrency: 2 }))).rejects.toThrow('refused');
  });
});

describe('an open loop', () => {
  test('lets customers come by the clock, however long those before them take', async () => {
    const begun: number[] = [];
    const begin = performance.now();
    const run: Saga = async () => {
      begun.push(performance.now() - begin);
      await wait(1_000);
      return performance.now();
    };
    const { latenciesMs } = await performed(openLoop({ ...loop(5, run), perSecond: 100 }));
    expect(begun).toEqual([0, 10, 20, 30, 40]);
    expect(latenciesMs).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  test('counts the time in which a customer could not even come', async () => {
    const clock = vi.spyOn(performance, 'now');
    let [nowMs, isFirst] = [0, true];
    clock.mockImplementation(() => nowMs);
    const run: Saga = () => {
      // The whole process stands still while it serves the first customer, and the others are due meanwhile.
      if (isFirst) nowMs += 200;
      isFirst = false;
      return Promise.resolve(nowMs);
    };
    const { latenciesMs } = await performed(openLoop({ ...loop(3, run), perSecond: 10 }));
    clock.mockRestore();
    expect(latenciesMs).toEqual([200, 100, 0]);
  });

  test('fails at the first saga that fails, and lets nobody else come', async () => {
    let begun = 0;
    const run: Saga = async () => {
      begun += 1;
      throw new Error('refused');
    };
    await expect(performed(openLoop({ ...loop(1_000, run), perSecond: 10 }))).rejects.toThrow('refused');
    expect(begun).toBeLessThan(3);
  });
});

describe('patience', () => {
  test('ends when nothing ends any more', async () => {
    const progress = new Progress();
    const stuck = whileProgressing(new Promise(() => {}), progress, { stop: never, stallMs: 5_000 });
    await expect(performed(stuck)).rejects.toThrow('no saga has ended for 5 s');
  });

  test('lasts as long as something does', async () => {
    const progress = new Progress();
    const ticking = setInterval(progress.tick, 4_000);
    const work = wait(40_000).then(() => 'done');
    await expect(performed(whileProgressing(work, progress, { stop: never, stallMs: 5_000 }))).resolves.toBe(
      'done',
    );
    clearInterval(ticking);
  });

  test('ends at once when it is interrupted', async () => {
    const stop = AbortSignal.abort(new Error('Ctrl-C'));
    const work = whileProgressing(new Promise(() => {}), new Progress(), { stop, stallMs: 5_000 });
    await expect(work).rejects.toThrow('Ctrl-C');
  });
});
