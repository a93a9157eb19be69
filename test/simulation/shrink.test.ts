import { describe, expect, test } from 'vitest';
import type { PlannedFault } from './faults.ts';
import type { Script } from './script.ts';
import { shrink, type Tried } from './shrink.ts';

/**
 * Goal: what is reported is as little as breaks the promise. Method: a stand-in for a run, of which it is known
 * what breaks it.
 */
const crash = (call: number): PlannedFault => ({ at: `call-${call}`, fault: 'crash-after' });
const everything: Script = { seed: 1, faults: Array.from({ length: 20 }, (_, call) => crash(call)) };

/** Runs that break P1 if the faults and actors that are needed take part. */
const world =
  (needs: (script: Script, actors: readonly number[]) => boolean) =>
  (script: Script): Promise<Tried> => {
    const actors = [0, 1, 2, 3].filter((actor) => script.without?.includes(actor) !== true);
    const violation = needs(script, actors) ? { promise: 'P1', flaw: 'a flaw', step: 1 } : undefined;
    return Promise.resolve({ script, faults: script.faults ?? [], actors, violation });
  };

async function shrunk(needs: Parameters<typeof world>[0]): Promise<Script> {
  const attempt = world(needs);
  return await shrink(await attempt(everything), attempt);
}

const has = ({ faults = [] }: Script, ...calls: readonly number[]): boolean =>
  calls.every((call) => faults.some(({ at }) => at === `call-${call}`));

describe('a script that breaks a promise', () => {
  test('is reduced to the faults and actors that it takes', async () => {
    const script = await shrunk((each, actors) => has(each, 3, 17) && actors.includes(2));
    expect(script).toEqual({
      seed: 1,
      shards: '1',
      faults: [crash(3), crash(17)],
      without: [0, 1, 3],
      order: 'arrival',
    });
  });

  test('keeps its order of events if that is what it takes', async () => {
    const script = await shrunk((each) => each.order !== 'arrival' && has(each, 5));
    expect(script).toEqual({ seed: 1, shards: '1', faults: [crash(5)], without: [0, 1, 2, 3] });
  });

  test('is tried in another order, when one fault less changes what follows', async () => {
    const script = await shrunk(
      (each) => each.order !== 'arrival' && has(each, 5) && (has(each, 6) || each.schedule === 3),
    );
    expect(script).toEqual({ seed: 1, shards: '1', faults: [crash(5)], without: [0, 1, 2, 3], schedule: 3 });
  });

  test('stays as it is if it breaks the promise only now and then', async () => {
    let runs = 0;
    expect(
      await shrunk(() => {
        runs += 1;
        return runs === 1;
      }),
    ).toEqual(everything);
  });

  test('is shrunk within bounds whatever it takes', async () => {
    let runs = 0;
    await shrunk(({ faults = [] }) => {
      runs += 1;
      return faults.length > 0;
    });
    expect(runs).toBeLessThan(3_100);
  });
});
