import { setTimeout as delay } from 'node:timers/promises';
import { basketOf } from '../bench/assortment.ts';
import type { Stage } from '../bench/stage.ts';

/** An order that somebody placed, or wanted to. Times are those of `performance.now`. */
export interface Visit {
  readonly dueMs: number;
  status: number;
  orderId: string | undefined;
  retryAfter: string | undefined;
  endedMs: number | undefined;
}

export interface Crowd {
  readonly perSecond: number;
  readonly seconds: number;
  readonly stop: AbortSignal;
  /** Told of each who has been served. */
  readonly served: () => void;
}

export const SKUS = 100;
const assortment = { skus: SKUS, hot: false, declined: 0.1 };
const TICK_MS = 2;

/** Places one order, and hears how it ends if it is accepted. */
async function visit(stage: Stage, dueMs: number, visits: Visit[]): Promise<Visit> {
  const index = stage.number();
  const basket = basketOf(index, assortment);
  const made: Visit = { dueMs, status: 0, orderId: undefined, retryAfter: undefined, endedMs: undefined };
  visits.push(made);
  const { status, orderId, retryAfter } = await stage.customer.ask(basket, `flood-${index}`);
  Object.assign(made, { status, orderId, retryAfter });
  if (orderId === undefined) return made;
  stage.placed.set(orderId, basket.isDeclined);
  made.endedMs = await stage.outcomes.endOf(orderId);
  return made;
}

/** So many customers come each second, however those before them fare. `all`: until each has been served. */
export async function crowd(
  stage: Stage,
  { perSecond, seconds, stop, served }: Crowd,
  visits: Visit[],
): Promise<{ readonly all: Promise<unknown> }> {
  const beganMs = performance.now();
  const underWay: Promise<Visit>[] = [];
  const total = Math.round(perSecond * seconds);
  while (underWay.length < total && !stop.aborted) {
    const due = Math.min(total, 1 + Math.floor(((performance.now() - beganMs) * perSecond) / 1_000));
    while (underWay.length < due) {
      const one = visit(stage, beganMs + (underWay.length * 1_000) / perSecond, visits);
      one.then(served, () => {});
      underWay.push(one);
    }
    await delay(TICK_MS);
  }
  return { all: Promise.all(underWay) };
}

/** So many customers, each of whom waits for one order to end before placing the next. */
export async function regulars(
  stage: Stage,
  { customers, seconds, stop }: { readonly customers: number } & Pick<Crowd, 'seconds' | 'stop'>,
  visits: Visit[],
): Promise<void> {
  const untilMs = performance.now() + seconds * 1_000;
  const customer = async () => {
    while (performance.now() < untilMs && !stop.aborted) {
      const { retryAfter } = await visit(stage, performance.now(), visits);
      if (retryAfter !== undefined) await delay(Number(retryAfter) * 1_000);
    }
  };
  await Promise.all(Array.from({ length: customers }, customer));
}
