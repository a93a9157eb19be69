import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deferred } from '../../../../engine/batch/deferred.ts';
import { type Limits, Pacer } from '../../../../functions/payment/pace/pacer.ts';
import { limitOf } from '../../../../functions/payment/pace/window.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const BEGIN_MS = 1_000_000;
const HOUR_MS = 3_600_000;
const none: Limits = { all: undefined, endpoint: undefined };
const limitsOf = (all: number, endpoint: number): Limits => ({
  all: limitOf(all),
  endpoint: limitOf(endpoint),
});
const create = { name: 'create', begins: true };
const confirm = { name: 'confirm', begins: false };
const cancel = { name: 'cancel', begins: false };

function scene(limits: Limits) {
  const time = new VirtualTime(BEGIN_MS);
  const pacer = new Pacer(limits, { now: time.now, after: time.after, random: () => 1 });
  const went: { readonly name: string; readonly number: number; readonly atMs: number }[] = [];
  const deferred: number[] = [];
  let asked = 0;
  const ask = (endpoint: typeof create, withinMs = HOUR_MS): void => {
    const number = asked;
    asked += 1;
    Promise.resolve()
      .then(() => pacer.turn(endpoint, withinMs))
      .then(() => went.push({ name: endpoint.name, number, atMs: time.now() - BEGIN_MS }))
      .catch((error: unknown) => deferred.push(error instanceof Deferred ? error.afterMs : Number.NaN));
  };
  const untilAllWent = () => time.until(() => went.length + deferred.length === asked, HOUR_MS);
  return { time, pacer, went, deferred, ask, untilAllWent };
}

// Fails where only who waits is asked for the time left: the function is killed while the call is under way.
test('a call for which no time is left is deferred, also if nobody waits', () => {
  const { pacer } = scene(none);
  expect(() => pacer.turn(confirm, -1)).toThrow(Deferred);
  expect(pacer.turn(confirm, 0)).toBeUndefined();
});

describe('calls keep to the pace', () => {
  const wanted = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 400 }),
      endpoint: fc.constantFrom(create, confirm, cancel),
    }),
    { minLength: 1, maxLength: 120 },
  );

  test('in every second, of one endpoint and of all, and each endpoint’s calls go in the order they came', async () => {
    await fc.assert(
      fc.asyncProperty(
        wanted,
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 20 }),
        async (calls, all, each) => {
          const { time, went, ask } = scene(limitsOf(all, each));
          let atMs = 0;
          for (const { afterMs, endpoint } of calls) {
            atMs += afterMs;
            time.after(atMs, () => ask(endpoint));
          }
          await time.until(() => went.length === calls.length, HOUR_MS);
          isWithin(went, all);
          for (const { name } of [create, confirm, cancel]) {
            const own = went.filter((call) => call.name === name);
            isWithin(own, each);
            expect(own.map(({ number }) => number)).toEqual(
              own.map(({ number }) => number).toSorted((a, b) => a - b),
            );
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  function isWithin(calls: readonly { readonly atMs: number }[], perSecond: number): void {
    for (const [index, { atMs }] of calls.entries()) {
      const before = calls[index - perSecond];
      if (before !== undefined) expect(atMs - before.atMs).toBeGreaterThanOrEqual(1_000);
    }
  }

  // Fails where all wait in one row: an endpoint that has used up its rate holds up those that have not.
  test('a call waits for no other endpoint’s that may not go yet', async () => {
    const { went, ask, untilAllWent } = scene(limitsOf(100, 2));
    for (let number = 0; number < 10; number += 1) ask(cancel);
    ask(confirm);
    await untilAllWent();
    expect(went.find(({ name }) => name === 'confirm')?.atMs).toBeLessThan(100);
  });

  // Fails where they take turns: many intents are made, few are confirmed, and the rest is asked about again.
  test('what goes on goes before what begins', async () => {
    const { went, ask, untilAllWent } = scene(limitsOf(10, 10));
    for (let number = 0; number < 30; number += 1) ask(create);
    ask(confirm);
    await untilAllWent();
    expect(went.findIndex(({ name }) => name === 'confirm')).toBeLessThanOrEqual(1);
  });

  test('without a limit nobody waits', () => {
    const { pacer } = scene(none);
    for (let number = 0; number < 10_000; number += 1) expect(pacer.turn(create, 0)).toBeUndefined();
  });
});

describe('a call that cannot be made in time is deferred', () => {
  test('at once if those before it take too long, and says when it is worth trying again', async () => {
    const { went, deferred, ask, untilAllWent } = scene(limitsOf(100, 10));
    for (let number = 0; number < 40; number += 1) ask(create, 2_000);
    await untilAllWent();
    expect([went.length + deferred.length, went.every(({ atMs }) => atMs <= 2_100)]).toEqual([40, true]);
    expect(went.length).toBeGreaterThanOrEqual(19);
    expect(deferred.every((afterMs) => afterMs > 0)).toBe(true);
  });

  // Fails where it is given back at once: the whole queue would be read, and put back, within a moment.
  test('after a while if there is a long pause, so that a queue is not read in vain', async () => {
    const { time, pacer, went, deferred, ask } = scene(limitsOf(100, 10));
    pacer.pause(time.now(), 60_000);
    ask(create, 5_000);
    await time.until(() => deferred.length > 0, HOUR_MS);
    expect(time.now() - BEGIN_MS).toBeGreaterThanOrEqual(5_000);
    expect(went).toEqual([]);
    expect(deferred[0]).toBeGreaterThan(50_000);
  });

  test('and keeps nobody behind it from going', async () => {
    const { time, pacer, went, deferred, ask, untilAllWent } = scene(none);
    pacer.pause(time.now(), 10_000);
    ask(create, 1_000);
    ask(create);
    await untilAllWent();
    expect([deferred.length, went.map(({ number }) => number)]).toEqual([1, [1]]);
  });
});

describe('a refusal pauses all calls', () => {
  test('for as long as it says, and not only those of its endpoint', async () => {
    const { time, pacer, went, ask, untilAllWent } = scene(none);
    pacer.pause(time.now(), 3_000);
    for (const endpoint of [create, confirm, cancel]) ask(endpoint);
    await untilAllWent();
    expect(went.every(({ atMs }) => atMs >= 3_000 && atMs <= 3_001)).toBe(true);
  });

  test('longer each time, up to a limit, until one succeeds', async () => {
    const { time, pacer } = scene(none);
    const pauseOf = async (): Promise<number> => {
      let isOver = false;
      time.after(60_000, () => (isOver = true));
      await time.until(() => isOver, HOUR_MS);
      pacer.pause(time.now());
      return pacer.pausedMs;
    };
    const pauses: number[] = [];
    for (let number = 0; number < 8; number += 1) pauses.push(await pauseOf());
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    let isLater = false;
    time.after(10_000, () => (isLater = true));
    await time.until(() => isLater, HOUR_MS);
    pacer.goOn(time.now());
    expect(await pauseOf()).toBe(250);
  });

  // Fails where the pace stays as it was: each pause is followed by as many calls as before, most of them refused.
  test('and they go on more slowly, until they have succeeded for a while', async () => {
    const { time, pacer, went, ask, untilAllWent } = scene(limitsOf(100, 20));
    const secondsFor = async (calls: number): Promise<number> => {
      const beganMs = time.now();
      for (let number = 0; number < calls; number += 1) ask(confirm);
      await untilAllWent();
      return (time.now() - beganMs) / 1_000;
    };
    pacer.slowDown(time.now(), 1_000);
    expect(await secondsFor(130)).toBeGreaterThan(10);
    for (let number = 0; number < 1_000; number += 1) pacer.goOn(time.now());
    expect(await secondsFor(130)).toBeLessThan(8);
    expect(went).toHaveLength(260);
  });

  // Fails where each of a hundred refusals doubles the pause: one moment of haste costs minutes.
  test('once, however many calls were under way', () => {
    const { time, pacer } = scene(none);
    const calledMs = time.now();
    for (let number = 0; number < 100; number += 1) pacer.pause(calledMs);
    expect(pacer.pausedMs).toBe(250);
  });
});
