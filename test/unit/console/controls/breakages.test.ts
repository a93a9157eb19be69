import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Breakages, type Fault } from '../../../../infra/local/console/controls/breakages.ts';
import { faultsOf } from '../../../../infra/local/console/controls/faults.ts';
import { Refusal } from '../../../../infra/local/console/controls/refusal.ts';
import type { Part } from '../../../../infra/local/processes/part.ts';

/** Goal: whatever is broken is healed: after its time, by request, and at last when the system stops. Method: faults that note what was done. */
let did: string[];
let breakages: Breakages;
let healing: () => Promise<void>;

const fault = (name: string, target = name): Fault => ({
  ...{ about: `The ${name} is broken`, target, maxSeconds: 30 },
  strike: async () => {
    did.push(`break ${name}`);
    return {
      heal: async () => {
        did.push(`heal ${name}`);
        await healing();
      },
      release: () => void did.push(`release ${name}`),
    };
  },
});

beforeEach(() => {
  vi.useFakeTimers();
  did = [];
  healing = async () => {};
  breakages = new Breakages({
    database: fault('database'),
    broker: fault('broker'),
    other: fault('other', 'broker'),
    given: {
      ...fault('given'),
      strike: async () => {
        throw new Refusal(409, 'Conflict', 'It is not ours.');
      },
    },
  });
});
afterEach(async () => {
  await breakages.close();
  vi.useRealTimers();
});

const refusal = (status: number) => expect.objectContaining({ name: 'Refusal', status });

describe('a fault', () => {
  test('heals by itself after its time, and not before', async () => {
    await breakages.strike('database', 10);
    expect(breakages.broken).toEqual([
      { fault: 'database', about: 'The database is broken', is: 'broken', leftSeconds: 10 },
    ]);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(did).toEqual(['break database']);
    expect(breakages.broken).toMatchObject([{ is: 'broken', leftSeconds: 1 }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([did, breakages.broken]).toEqual([['break database', 'heal database'], []]);
  });

  test.each([0, -1, 31, Number.NaN, Number.POSITIVE_INFINITY])(
    'does not last %d seconds',
    async (seconds) => {
      await expect(breakages.strike('database', seconds)).rejects.toEqual(refusal(422));
      expect(did).toEqual([]);
    },
  );

  test.each(['none', 'constructor'])('is none that is called %s', async (name) => {
    await expect(breakages.strike(name, 1)).rejects.toEqual(refusal(404));
  });

  test('waits until its target is whole; another target does not', async () => {
    await breakages.strike('broker', 10);
    await expect(breakages.strike('other', 10)).rejects.toEqual(refusal(409));
    await breakages.strike('database', 10);
    expect(did).toEqual(['break broker', 'break database']);
    await breakages.healAll();
    await breakages.strike('other', 10);
    expect(did.at(-1)).toBe('break other');
  });

  test('that cannot break anything leaves nothing broken', async () => {
    await expect(breakages.strike('given', 10)).rejects.toEqual(refusal(409));
    expect(breakages.broken).toEqual([]);
  });

  test('is healed once, however often that is asked', async () => {
    await breakages.strike('database', 10);
    await Promise.all([breakages.healAll(), breakages.healAll(), breakages.untilHealed('database')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(did).toEqual(['break database', 'heal database']);
  });

  test('that cannot be healed stays, says why, and is healed at the next try', async () => {
    healing = () => Promise.reject(new Error('it does not start'));
    await breakages.strike('database', 10);
    await expect(breakages.untilHealed('database')).rejects.toThrow('it does not start');
    expect(breakages.broken).toMatchObject([{ is: 'not healed', failure: 'it does not start' }]);
    healing = async () => {};
    await breakages.healAll();
    expect(breakages.broken).toEqual([]);
  });
});

describe('a system that stops', () => {
  test('is let go of, and nothing is started or broken any more', async () => {
    await breakages.strike('database', 10);
    await breakages.strike('broker', 10);
    await breakages.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(new Set(did)).toEqual(
      new Set(['break database', 'break broker', 'release database', 'release broker']),
    );
    await expect(breakages.strike('database', 1)).rejects.toEqual(refusal(503));
    await breakages.healAll();
    expect(did).not.toContain('heal database');
  });

  test('while something is being healed waits for it, and lets go of what that has started', async () => {
    const started = Promise.withResolvers<void>();
    healing = () => started.promise;
    await breakages.strike('broker', 10);
    const healed = breakages.healAll();
    await vi.advanceTimersByTimeAsync(0);
    const closed = breakages.close();
    await vi.advanceTimersByTimeAsync(0);
    started.resolve();
    await Promise.all([healed, closed]);
    expect(did).toEqual(['break broker', 'heal broker', 'release broker', 'release broker']);
  });
});

test('what is asked to heal while it is being broken, and then stops, is not started', async () => {
  const struck = Promise.withResolvers<void>();
  const slow = new Breakages({
    broker: {
      ...fault('broker'),
      strike: async () => {
        await struck.promise;
        return await fault('broker').strike();
      },
    },
  });
  const striking = slow.strike('broker', 10);
  const healed = slow.healAll();
  const closed = slow.close();
  struck.resolve();
  await Promise.all([striking, healed, closed]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(did).toEqual(['break broker', 'release broker']);
});

describe('the faults of this system', () => {
  const part = (title: string, pid?: number) => {
    const calls: string[] = [];
    const its = {
      title,
      pid,
      start: async () => {
        calls.push('start');
        its.pid = 4_711;
        return title;
      },
      stop: async () => {
        calls.push('stop');
        its.pid = undefined;
      },
      kill: async () => {
        calls.push('kill');
        its.pid = undefined;
      },
    };
    return { calls, part: its satisfies Part };
  };
  const systemOf = (pid?: number) => {
    const parts = {
      api: part('serverless-offline', pid),
      rabbitmq: part('RabbitMQ', pid),
      dynamodb: part('DynamoDB', pid),
      payments: part('Payment sandbox', pid),
    };
    const ways: object[] = [];
    const system = {
      parts: Object.fromEntries(Object.entries(parts).map(([name, each]) => [name, each.part])) as never,
      environment: {},
      isUp: () => true,
    };
    return { parts, ways, faults: faultsOf(system, async (each) => void ways.push(each)) };
  };

  test('none lasts longer than a minute, and the database is frozen for half of one at most', () => {
    const { faults } = systemOf();
    for (const { maxSeconds } of Object.values(faults)) expect(maxSeconds).toBeLessThanOrEqual(60);
    expect(faults['database-frozen']?.maxSeconds).toBe(30);
  });

  test('the functions are killed and the broker is stopped by what started them, which starts them again', async () => {
    const { parts, faults } = systemOf(1_234);
    const functions = await faults['functions-killed']?.strike();
    const broker = await faults['broker-stopped']?.strike();
    expect([parts.api.calls, parts.rabbitmq.calls]).toEqual([['kill'], ['stop']]);
    await functions?.heal();
    await broker?.heal();
    expect([parts.api.calls, parts.rabbitmq.calls]).toEqual([
      ['kill', 'start'],
      ['stop', 'start'],
    ]);
    // Somebody else has started it meanwhile.
    await functions?.heal();
    expect(parts.api.calls).toEqual(['kill', 'start']);
  });

  test('what does not start is tried three times', async () => {
    const { parts, faults } = systemOf(1_234);
    const undo = await faults['broker-stopped']?.strike();
    let tries = 0;
    parts.rabbitmq.part.start = async () => {
      tries += 1;
      throw new Error('the port is taken');
    };
    await expect(undo?.heal()).rejects.toThrow('the port is taken');
    expect(tries).toBe(3);
  });

  test.each(['functions-killed', 'broker-stopped', 'database-frozen'])(
    '%s is refused where that is no process of ours',
    async (name) => {
      const { parts, faults } = systemOf();
      await expect(faults[name]?.strike()).rejects.toEqual(refusal(409));
      expect(Object.values(parts).flatMap(({ calls }) => calls)).toEqual([]);
    },
  );

  test.each([
    ['provider-down', { outage: 'refuse', latencyMs: 0, ratePerSecond: 0 }],
    ['provider-silent', { outage: 'hang', latencyMs: 0, ratePerSecond: 0 }],
    ['provider-slow', { outage: 'none', latencyMs: 3_000, ratePerSecond: 0 }],
    ['provider-refusing', { outage: 'none', latencyMs: 0, ratePerSecond: 1 }],
  ])('%s is a setting of the sandbox, and is set back', async (name, setting) => {
    const { ways, faults } = systemOf();
    const undo = await faults[name]?.strike();
    await undo?.heal();
    expect(ways).toEqual([setting, { outage: 'none', latencyMs: 0, ratePerSecond: 0 }]);
  });
});
