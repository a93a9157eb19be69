import { parseArgs } from 'node:util';

/** A command line that cannot be used, told in one line. */
export class UsageError extends Error {}

/**
 * - `full`: closed loop, one at a time, an open loop at half of what the closed loop reached, and the counts.
 * - `rate`: an open loop at the given rate only.
 * - `participants`: without HTTP, the events are fed to the broker.
 * - `grow`: the closed loop with more and more sagas in the tables, and with fewer SKUs.
 */
export type Mode = 'full' | 'rate' | 'participants' | 'grow';

export interface Arguments {
  readonly mode: Mode;
  /** In one measurement. */
  readonly sagas: number;
  /** How often the closed loop is measured: the figures are medians. */
  readonly runs: number;
  readonly concurrency: number;
  /** The share of orders whose payment is declined. */
  readonly declined: number;
  readonly skus: number;
  /** Every order buys one and the same SKU. */
  readonly hot: boolean;
  readonly ratePerSecond: number | undefined;
  /** How long the payment provider takes for each answer. */
  readonly providerLatencyMs: number;
  readonly sizes: readonly number[];
  readonly plotFile: string | undefined;
  readonly withCounts: boolean;
  readonly json: boolean;
}

const usage =
  'Usage: npm run bench -- [--sagas N] [--runs R] [--concurrency C] [--declined 0.1] [--skus K] [--hot] [--provider-latency MS] [--no-counts] [--participants-only | --rate R | --grow [--sizes 1000,10000] [--plot FILE]] [--json]';

const options = {
  sagas: { type: 'string', default: '4000' },
  runs: { type: 'string', default: '3' },
  concurrency: { type: 'string' },
  declined: { type: 'string', default: '0.1' },
  skus: { type: 'string', default: '1000' },
  hot: { type: 'boolean', default: false },
  'provider-latency': { type: 'string' },
  'no-counts': { type: 'boolean', default: false },
  'participants-only': { type: 'boolean', default: false },
  rate: { type: 'string' },
  grow: { type: 'boolean', default: false },
  sizes: { type: 'string' },
  plot: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Customers who wait for one order before they place the next; without HTTP, events that are under way. */
const usualConcurrency = { full: '64', rate: '64', participants: '1000', grow: '64' } as const;
const usualSizes = '1000,10000,100000';

/** @throws UsageError */
export function argumentsOf(args: readonly string[]): Arguments {
  const values = parsed(args);
  const mode = modeOf(values);
  if (mode !== 'grow' && (values.plot ?? values.sizes) !== undefined) {
    throw new UsageError(`--plot and --sizes are for --grow. ${usage}`);
  }
  const { rate, hot, json, 'provider-latency': latency } = values;
  return {
    mode,
    sagas: count('--sagas', values.sagas, 1_000_000),
    runs: count('--runs', values.runs, 100),
    concurrency: count('--concurrency', values.concurrency ?? usualConcurrency[mode], 10_000),
    declined: share(values.declined),
    skus: count('--skus', values.skus, 100_000),
    hot,
    ratePerSecond: rate === undefined ? undefined : count('--rate', rate, 100_000),
    providerLatencyMs: latency === undefined ? 0 : count('--provider-latency', latency, 4_000),
    sizes: (values.sizes ?? usualSizes).split(',').map((size) => count('--sizes', size, 10_000_000)),
    plotFile: values.plot,
    withCounts: mode === 'full' && !values['no-counts'],
    json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new UsageError(`${reason} ${usage}`);
  }
}

function modeOf(values: ReturnType<typeof parsed>): Mode {
  const wished: Mode[] = [];
  if (values['participants-only']) wished.push('participants');
  if (values.rate !== undefined) wished.push('rate');
  if (values.grow) wished.push('grow');
  if (wished.length > 1)
    throw new UsageError(`--participants-only, --rate and --grow exclude each other. ${usage}`);
  return wished[0] ?? 'full';
}

function count(name: string, text: string, most: number): number {
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError(`${name} ${text}: a whole number from 1 to ${most}. ${usage}`);
}

function share(text: string): number {
  if (/^(?:0|1|0?\.\d{1,6}|1\.0+)$/.test(text)) return Number(text);
  throw new UsageError(`--declined ${text}: a share from 0 to 1. ${usage}`);
}
