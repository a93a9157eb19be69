import type { ClientLog } from './client-log.ts';
import { countOf } from './saboteur.ts';

/** What a run has to show for itself. */
export interface Outcome {
  readonly seed: string;
  readonly minutes: number;
  readonly orders: {
    /** By the clock; those that were not placed were turned away by the harness. */
    readonly offered: number;
    readonly placed: number;
    readonly accepted: number;
    readonly confirmed: number;
    readonly cancelled: number;
    readonly offeredPerSecond: number;
    readonly acceptedPerSecond: number;
  };
  readonly retries: number;
  readonly repeats: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Orders of somebody who wants everything and pays for nothing. */
  readonly hoarded: { readonly accepted: number; readonly toldToWait: number };
  readonly nudges: number;
  readonly redriven: number;
  readonly deadLetters: number;
  readonly poisoned: number;
  /** How often each fault struck, by its name. */
  readonly faults: Readonly<Record<string, number>>;
  readonly timeToQuietMs: number | undefined;
  readonly violations: readonly string[];
}

/** Of each promise, so that many breaches of one do not hide another's. */
const shownOfEach = 10;

export function progressLine(facts: {
  readonly elapsedMs: number;
  readonly log: ClientLog;
  readonly busy: number;
  readonly faults: readonly string[];
}): string {
  const { elapsedMs, log, busy, faults } = facts;
  const seconds = String(Math.round(elapsedMs / 1_000)).padStart(4);
  const broken = faults.length === 0 ? '' : `  ⚡ ${faults.join(', ')}`;
  return `${seconds} s  ${log.orders.size} of ${log.placed} orders accepted, ${log.retries} retries, ${busy} customers busy${broken}`;
}

export function summary(outcome: Outcome): string {
  const { seed, minutes, orders, faults, timeToQuietMs, violations } = outcome;
  const byPromise = Map.groupBy(violations, (violation) => violation.split(/[ :]/, 1)[0] ?? violation);
  const ofEach = [...byPromise].map(([promise, { length }]) => `${promise}: ${length}`).join(', ');
  const violationCounts = violations.length === 0 ? 0 : `${violations.length} (${ofEach})`;
  const rows: [string, string | number][] = [
    ['seed', seed],
    ['minutes of load', minutes],
    ['orders offered', `${orders.offered} (${orders.offeredPerSecond} a second), ${orders.placed} placed`],
    [
      'orders accepted',
      `${orders.accepted} (${orders.acceptedPerSecond} a second while it was being broken)`,
    ],
    ['confirmed', orders.confirmed],
    ['cancelled', orders.cancelled],
    ['retries', outcome.retries],
    ['repeats under the same key', outcome.repeats],
    ['answers', counts(outcome.answers)],
    ['a hoarder’s orders', counts(outcome.hoarded)],
    ['kills and restarts', countOf(faults, 'kill')],
    ['freezes', countOf(faults, 'freeze')],
    ['outages of provider and issuer', countOf(faults, 'outage')],
    ['connections cut', countOf(faults, 'cut')],
    ['connections half-open', countOf(faults, 'half-open')],
    ['connections refused', countOf(faults, 'refuse')],
    ['slowed down', countOf(faults, 'slow')],
    ['queues full', countOf(faults, 'queue full')],
    ['queues deleted', countOf(faults, 'queue deleted')],
    ['broker alarms', countOf(faults, 'alarm')],
    ['schedule runs', outcome.nudges],
    ['nonsense sent / dead letters', `${outcome.poisoned} / ${outcome.deadLetters}`],
    ['messages redriven', outcome.redriven],
    ['time to quiet', timeToQuietMs === undefined ? 'never' : `${(timeToQuietMs / 1_000).toFixed(1)} s`],
    ['violations', violationCounts],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  const examples = [...byPromise].flatMap(([promise, ofIt]) => {
    const more = ofIt.length - shownOfEach;
    const shown = ofIt.slice(0, shownOfEach).map((violation) => `  ✗ ${violation}`);
    return more > 0 ? [...shown, `  … and ${more} more of ${promise}`] : shown;
  });
  return [...table, ...examples].join('\n');
}

const counts = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
