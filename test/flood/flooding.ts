import { Progress, whileProgressing } from '../bench/patience.ts';
import { percentilesOf } from '../bench/percentiles.ts';
import type { Stage } from '../bench/stage.ts';
import {
  calmAfterSeconds,
  endedPerSecond,
  isRefused,
  latenciesOf,
  type Moment,
  timelineOf,
} from './timeline.ts';
import { crowd, regulars, type Visit } from './visits.ts';

export interface Plan {
  /** How long the best throughput is measured. */
  readonly bestSeconds: number;
  /** Before and after the flood, at half of the best throughput. */
  readonly calmSeconds: number;
  readonly floodSeconds: number;
  readonly afterSeconds: number;
  /** How many times its best throughput the system is offered. */
  readonly times: number;
  /** Who place one order after the other while the best throughput is measured. */
  readonly customers: number;
  readonly stepSeconds: number;
}

export interface Flooded {
  readonly bestPerSecond: number;
  readonly offeredPerSecond: number;
  /** How many ended in a second of the flood, once there was a line. */
  readonly floodedPerSecond: number;
  readonly accepted: number;
  readonly refused: number;
  /** Refusals that did not say when to come again. */
  readonly withoutRetryAfter: number;
  /** Answers that are neither. */
  readonly others: readonly number[];
  readonly normalMs: { readonly p50: number; readonly p95: number };
  readonly floodedMs: { readonly p50: number; readonly p95: number };
  /** When latency was as before, in seconds after the flood. */
  readonly calmAfterSeconds: number;
  readonly moments: readonly Moment[];
  /** When the flood began and ended, on the time of the moments. */
  readonly flood: readonly [fromSeconds: number, toSeconds: number];
}

/** Until the code that every saga runs is compiled. */
const WARM_UP_SECONDS = 8;
/** Until there is a line. */
const RISE_SECONDS = 10;
const STALL_MS = 60_000;
/** A latency is as before below twice what it was, and a moment more: single slow answers are no line. */
const normalEnough = (p95: number): number => 2 * p95 + 500;

/** Measures the best throughput, offers a multiple of it, and sees what becomes of it. */
export async function floodStage(
  stage: Stage,
  plan: Plan,
  { stop, report }: { readonly stop: AbortSignal; readonly report: (line: string) => void },
): Promise<Flooded> {
  const warm: Visit[] = [];
  await regulars(stage, { customers: plan.customers, seconds: WARM_UP_SECONDS, stop }, warm);
  const quick: Visit[] = [];
  const bestFromMs = performance.now();
  await regulars(stage, { customers: plan.customers, seconds: plan.bestSeconds, stop }, quick);
  const bestPerSecond = endedPerSecond(quick, bestFromMs, bestFromMs + plan.bestSeconds * 1_000);
  report(`At its best ${bestPerSecond.toFixed(1)} orders a second`);

  const visits: Visit[] = [];
  const beganMs = performance.now();
  const progress = new Progress();
  const comes = (perSecond: number, seconds: number) =>
    crowd(stage, { perSecond, seconds, stop, served: progress.tick }, visits);
  const calm = await comes(bestPerSecond / 2, plan.calmSeconds);
  const floodFromMs = performance.now();
  const flood = await comes(bestPerSecond * plan.times, plan.floodSeconds);
  const floodToMs = performance.now();
  report('The flood is over');
  const after = await comes(bestPerSecond / 2, plan.afterSeconds);
  const toMs = performance.now();
  const all = Promise.all([calm.all, flood.all, after.all]);
  await whileProgressing(all, progress, { stop, stallMs: STALL_MS });

  const span = { beganMs, seconds: (toMs - beganMs) / 1_000, stepSeconds: plan.stepSeconds };
  const moments = timelineOf(visits, span);
  const normalMs = percentilesOf(latenciesOf(visits.filter(({ dueMs }) => dueMs < floodFromMs)));
  const flooding = visits.filter(({ dueMs }) => dueMs >= floodFromMs && dueMs < floodToMs);
  const refusals = visits.filter(isRefused);
  const toSeconds = (ms: number) => (ms - beganMs) / 1_000;
  return {
    bestPerSecond,
    offeredPerSecond: flooding.length / toSeconds(beganMs + floodToMs - floodFromMs),
    floodedPerSecond: endedPerSecond(visits, floodFromMs + RISE_SECONDS * 1_000, floodToMs),
    accepted: visits.filter(({ status }) => status === 202).length,
    refused: refusals.length,
    withoutRetryAfter: refusals.filter(({ retryAfter }) => !(Number(retryAfter) >= 1)).length,
    others: visits.filter((each) => each.status !== 202 && !isRefused(each)).map(({ status }) => status),
    normalMs,
    floodedMs: percentilesOf(latenciesOf(flooding)),
    calmAfterSeconds: calmAfterSeconds(moments, toSeconds(floodToMs), normalEnough(normalMs.p95)),
    moments,
    flood: [toSeconds(floodFromMs), toSeconds(floodToMs)],
  };
}
