import { expect, test } from 'vitest';
import { Line } from '../../../engine/initiator/line.ts';
import type { SagaId } from '../../../engine/saga/ids.ts';
import { orderIdOf } from '../../support/facts.ts';

/**
 * Goal: an environment knows how long one more saga would wait. Method: sagas arrive and are worked on at an even pace,
 * and the line is looked at once a second, as `wait-limit.ts` does.
 */
interface Traffic {
  readonly arrive: number;
  readonly worked: number;
  readonly seconds: number;
  /** One of so many waits for its customer, and is never through. */
  readonly waits?: number;
  /** So many are worked on at once, as a batch. */
  readonly batch?: number;
}

class Street {
  readonly line = new Line();
  nowMs = 1_000_000;
  #begun: SagaId[] = [];
  #done = 0;
  #through = new Set<SagaId>();

  pass({ arrive, worked, seconds, waits = Number.POSITIVE_INFINITY, batch = 1 }: Traffic): this {
    const beganMs = this.nowMs;
    const [arrived, done] = [this.#begun.length, this.#done];
    for (let ms = 1; ms <= seconds * 1_000; ms += 1) {
      this.nowMs = beganMs + ms;
      while (this.#begun.length < arrived + (arrive * ms) / 1_000) this.#arrive();
      const ready = Math.floor((worked * ms) / 1_000 / batch) * batch;
      while (this.#done < Math.min(this.#begun.length, done + ready)) {
        const sagaId = this.#begun[this.#done++];
        if (sagaId !== undefined && this.#done % waits !== 0) this.#through.add(sagaId);
      }
      if (ms % 1_000 === 0) this.look();
    }
    return this;
  }

  #arrive(): void {
    const sagaId = orderIdOf(this.#begun.length);
    this.#begun.push(sagaId);
    this.line.joined(sagaId, this.nowMs);
  }

  look(): void {
    const newest = this.line.newest(this.nowMs);
    if (newest === undefined) return;
    const known = (ids: readonly SagaId[]) => new Set(ids.filter((each) => this.#through.has(each)));
    const widely = known(this.line.spread());
    const found = known([newest, ...widely, ...this.line.spread(widely)]);
    this.line.moved(found, this.nowMs);
  }

  get waitSeconds(): number {
    return this.line.waitSeconds(this.nowMs);
  }
}

test.each<[what: string, traffic: readonly Traffic[], seconds: number]>([
  ['nobody, in a new environment', [{ arrive: 500, worked: 0, seconds: 1 }], 0],
  ['nobody, while all are worked on at once', [{ arrive: 300, worked: 400, seconds: 30 }], 0],
  ['three times as many come for 5 s', [{ arrive: 300, worked: 100, seconds: 5 }], 10],
  ['the same of a slow provider', [{ arrive: 75, worked: 25, seconds: 5 }], 10],
  ['the same in batches', [{ arrive: 75, worked: 25, seconds: 8, batch: 100 }], 16],
  [
    'they come no faster than they are worked on, and the line stays',
    [
      { arrive: 300, worked: 100, seconds: 5 },
      { arrive: 100, worked: 100, seconds: 20 },
    ],
    10,
  ],
  [
    'fewer come again, and the line is worked off',
    [
      { arrive: 300, worked: 100, seconds: 5 },
      { arrive: 20, worked: 100, seconds: 20 },
    ],
    0,
  ],
  // Fails where the rate of quiet times counts as the fastest that is possible.
  [
    'nobody, when many come at once after quiet times',
    [
      { arrive: 2, worked: 2, seconds: 60 },
      { arrive: 400, worked: 600, seconds: 1 },
    ],
    0,
  ],
  // Fails where a saga that waits for its customer counts as one that is worked on.
  [
    'nobody, though every second one waits for its customer',
    [{ arrive: 60, worked: 80, seconds: 60, waits: 2 }],
    0,
  ],
  [
    'nothing moves any more: as long as they will take when it does',
    [
      { arrive: 200, worked: 100, seconds: 4 },
      { arrive: 50, worked: 0, seconds: 10 },
    ],
    9,
  ],
])('a new saga waits for those before it: %s', (_, traffic, seconds) => {
  const street = new Street();
  for (const each of traffic) street.pass(each);
  expect(street.waitSeconds).toBeGreaterThanOrEqual(seconds * 0.75);
  expect(street.waitSeconds).toBeLessThanOrEqual(seconds * 1.3);
});

test('whom it lets in since the last look counts, and so does the time that has passed', () => {
  const street = new Street().pass({ arrive: 300, worked: 100, seconds: 5 });
  const before = street.waitSeconds;
  for (let more = 0; more < 100; more += 1) street.line.joined(orderIdOf(10_000 + more), street.nowMs);
  expect(street.waitSeconds - before).toBeCloseTo(1, 0);
  expect(street.line.waitSeconds(street.nowMs + 3_000)).toBeCloseTo(street.waitSeconds - 3, 1);
});

// Fails where it counts for ever: an environment that slept through the night lets nobody in.
test('an old look counts for nothing', () => {
  const street = new Street().pass({ arrive: 300, worked: 30, seconds: 10 });
  expect(street.waitSeconds).toBeGreaterThan(40);
  expect(street.line.waitSeconds(street.nowMs + 31_000)).toBe(0);
});

test('sagas that are a minute late are forgotten: what keeps them is no line', () => {
  const street = new Street().pass({ arrive: 100, worked: 0, seconds: 5 });
  expect(street.line.newest(street.nowMs)).toBeDefined();
  expect(street.line.newest(street.nowMs + 61_000)).toBeUndefined();
});

test('few sagas are looked at, however many wait, and none while there are few', () => {
  const { line } = new Street().pass({ arrive: 1_000, worked: 1, seconds: 10 });
  expect(line.spread().length).toBeLessThanOrEqual(10);
  expect(line.spread(new Set()).length).toBeLessThanOrEqual(10);
  const quiet = new Street().pass({ arrive: 1, worked: 1, seconds: 19 });
  expect(quiet.line.newest(quiet.nowMs)).toBeUndefined();
});
