import type { Timings } from './loops.ts';
import { medianOf, type Percentiles, percentilesOf, rounded } from './percentiles.ts';
import type { Usages } from './process-meter.ts';

/** The system's processes by name, and their sum. */
export type ByProcess = Readonly<Record<string, number>> & { readonly total: number };

/** What one measurement came to. The figures from /proc are undefined where there is none. */
export interface Figures {
  readonly sagas: number;
  readonly seconds: number;
  readonly sagasPerSecond: number;
  /** From POST (in an open loop: from when it was due) to the outcome. */
  readonly latencyMs: Percentiles;
  readonly cpuSecondsPer1000: ByProcess | undefined;
  /** The benchmark's own, which is not the system's. */
  readonly driverCpuSecondsPer1000: number;
  readonly peakMB: ByProcess | undefined;
}

export interface Meters {
  readonly system: Usages | undefined;
  readonly driver: NodeJS.CpuUsage;
}

export function figuresOf({ elapsedMs, latenciesMs }: Timings, before: Meters, after: Meters): Figures {
  const sagas = latenciesMs.length;
  const per1000 = (seconds: number) => rounded((1_000 * seconds) / sagas);
  const driver = after.driver.user + after.driver.system - before.driver.user - before.driver.system;
  return {
    sagas,
    seconds: rounded(elapsedMs / 1_000),
    sagasPerSecond: rounded((1_000 * sagas) / elapsedMs),
    latencyMs: percentilesOf(latenciesMs),
    cpuSecondsPer1000: byProcess(after.system, ({ cpuSeconds }, name) =>
      per1000(cpuSeconds - (before.system?.[name]?.cpuSeconds ?? 0)),
    ),
    driverCpuSecondsPer1000: per1000(driver / 1_000_000),
    peakMB: byProcess(after.system, ({ peakMB }) => Math.round(peakMB)),
  };
}

function byProcess(
  usages: Usages | undefined,
  figure: (usage: Usages[string], name: string) => number,
): ByProcess | undefined {
  if (usages === undefined) return undefined;
  const each = Object.entries(usages).map(([name, usage]) => [name, figure(usage, name)] as const);
  return { total: rounded(each.reduce((sum, [, value]) => sum + value, 0)), ...Object.fromEntries(each) };
}

export type Several<T> = readonly [T, ...T[]];

export async function repeated<T>(
  times: number,
  measurement: (turn: number) => Promise<T>,
): Promise<Several<T>> {
  const all: [T, ...T[]] = [await measurement(1)];
  for (let turn = 2; turn <= times; turn += 1) all.push(await measurement(turn));
  return all;
}

/** Of several measurements, each figure's own median. */
export function medianFigures(all: Several<Figures>): Figures {
  const [first] = all;
  const median = (pick: (figures: Figures) => number) => rounded(medianOf(all.map(pick)));
  const medians = <T extends object>(pick: (figures: Figures) => T | undefined): T | undefined => {
    const sample = pick(first);
    if (sample === undefined) return undefined;
    const names = Object.keys(sample) as (keyof T)[];
    return Object.fromEntries(
      names.map((name) => [name, median((figures) => Number(pick(figures)?.[name]))]),
    ) as T;
  };
  return {
    sagas: first.sagas,
    seconds: median(({ seconds }) => seconds),
    sagasPerSecond: median(({ sagasPerSecond }) => sagasPerSecond),
    latencyMs: medians(({ latencyMs }) => latencyMs) ?? first.latencyMs,
    cpuSecondsPer1000: medians(({ cpuSecondsPer1000 }) => cpuSecondsPer1000),
    driverCpuSecondsPer1000: median(({ driverCpuSecondsPer1000 }) => driverCpuSecondsPer1000),
    peakMB: medians(({ peakMB }) => peakMB),
  };
}

/** The lowest and the highest. */
export const spreadOf = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];
