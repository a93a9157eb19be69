import type { StopRequest } from '../../infra/local/stop-request.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import type { Arguments } from './arguments.ts';
import { buying } from './buying.ts';
import { type Counted, countSagas } from './counting/counting.ts';
import { feeding } from './feeding.ts';
import { type Figures, medianFigures, repeated } from './figures.ts';
import { type Growth, measureGrowth, skuSteps } from './growth.ts';
import { closedLoop, type Loop, openLoop } from './loops.ts';
import { measure, type Surroundings } from './measure.ts';
import type { ProgressBar } from './progress-bar.ts';
import { type Stage, setStage } from './stage.ts';
import { type Verdict, verdictOn } from './verdict.ts';

/** Everything that a benchmark found out. What its mode does not measure is absent. */
export interface Findings {
  /** The closed loop: medians of its runs. With a rate, the open loop. */
  readonly main: Figures;
  readonly runs: readonly Figures[];
  readonly oneAtATime?: Figures;
  readonly openLoop?: OpenLoop;
  readonly counted?: Counted;
  readonly growth?: Growth;
  readonly retries: number;
  readonly verdict: Verdict;
}

export interface OpenLoop extends Figures {
  readonly ratePerSecond: number;
}

type Measured = Omit<Findings, 'retries' | 'verdict' | 'counted'>;

/** Until the code that every saga runs is compiled. */
const warmUpSagas = 2_000;
const warmUpCustomers = 64;
const mostOneAtATime = 200;
/** Where latencies are to be asked for: a system that is always busy only tells how long its queue is. */
const restfulShare = 0.5;

export async function runBench(
  args: Arguments,
  { bar, requests }: { readonly bar: ProgressBar; readonly requests: StopRequest },
): Promise<Findings> {
  const surroundings = { bar, stop: requests.stop };
  const stage = await setStage({ skus: shelfOf(args), report: bar.line, requests });
  let timed: Omit<Findings, 'counted'>;
  try {
    await providerIs(stage.world, { latencyMs: args.providerLatencyMs });
    const measured = await perform(stage, args, surroundings);
    bar.line('Judging what was done');
    timed = { ...measured, retries: stage.customer.retries, verdict: await verdictOn(stage) };
  } finally {
    await stage.end();
  }
  if (!args.withCounts) return timed;
  const { skus, hot, declined, sagas, concurrency } = args;
  const assortment = { skus, hot, declined };
  const { verdict, ...counted } = await countSagas({
    ...{ skus, report: bar.line, requests },
    ...surroundings,
    ...{ assortment, sagas, concurrency },
  });
  return { ...timed, counted, verdict: both(timed.verdict, verdict) };
}

/** The measurements of each mode, once everything is warm. */
async function perform(stage: Stage, args: Arguments, surroundings: Surroundings): Promise<Measured> {
  const { mode, sagas, concurrency } = args;
  const run = buying(stage, args);
  const closed = (title: string, loop: Pick<Loop, 'sagas' | 'run'>, customers: number) =>
    measure(title, stage, loop, (rest) => closedLoop({ ...rest, concurrency: customers }), surroundings);
  const open = async (perSecond: number): Promise<OpenLoop> => {
    const title = `Open loop at ${perSecond}/s`;
    const perform = (rest: Loop) => openLoop({ ...rest, perSecond });
    return {
      ratePerSecond: perSecond,
      ...(await measure(title, stage, { sagas, run }, perform, surroundings)),
    };
  };
  const warmUp = { sagas: Math.min(sagas, warmUpSagas), run };
  await closed('Warming up', warmUp, Math.min(concurrency, warmUpCustomers));
  switch (mode) {
    case 'rate': {
      const figures = await open(args.ratePerSecond ?? 1);
      return { main: figures, runs: [figures], openLoop: figures };
    }
    case 'participants': {
      const runs = await repeated(args.runs, async (turn) => {
        const fed = { sagas, run: await feeding(stage, args, sagas) };
        return await closed(`Participants only, run ${turn}`, fed, concurrency);
      });
      return { main: medianFigures(runs), runs };
    }
    case 'grow': {
      const growth = await measureGrowth(stage, { ...args, ...surroundings, assortment: args });
      return { main: growth.bySagas[0], runs: growth.bySagas, growth };
    }
    case 'full': {
      const runs = await repeated(args.runs, (turn) =>
        closed(`${concurrency} at once, run ${turn}`, { sagas, run }, concurrency),
      );
      const main = medianFigures(runs);
      const oneAtATime = await closed('One at a time', { sagas: Math.min(sagas, mostOneAtATime), run }, 1);
      const rate = Math.max(1, Math.round(main.sagasPerSecond * restfulShare));
      return { main, runs, oneAtATime, openLoop: await open(rate) };
    }
    default:
      return mode satisfies never;
  }
}

function shelfOf({ mode, skus }: Arguments): number {
  return mode === 'grow' ? Math.max(skus, ...skuSteps) : skus;
}

function both(one: Verdict, other: Verdict): Verdict {
  const statuses: Record<string, number> = { ...one.statuses };
  for (const [status, count] of Object.entries(other.statuses))
    statuses[status] = (statuses[status] ?? 0) + count;
  return { statuses, violations: [...one.violations, ...other.violations] };
}
