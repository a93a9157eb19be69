import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopRequest } from '../../infra/local/stop-request.ts';
import { gather, heal, wake } from './aftermath.ts';
import { Hoarder } from './hoarder.ts';
import { Load } from './load.ts';
import { Operators } from './operators.ts';
import { pause } from './pause.ts';
import { untilQuiet } from './quiet.ts';
import { type Outcome, progressLine } from './report.ts';
import { planOf, Saboteur } from './saboteur.ts';
import { type Stage, setStage } from './stage.ts';
import { type Evidence, verdict } from './verdict.ts';

export interface ChaosOptions {
  readonly seed: string;
  readonly minutes: number;
  /** Told of progress, one line at a time. */
  readonly report: (line: string) => void;
  readonly requests: StopRequest;
}

const ordersPerSecond = 50;
/** Orders that come before the first fault, so that the workers are warm. */
const warmUpMs = 5_000;
const progressEveryMs = 5_000;
/** Longer than a request may take. */
const customersPatienceMs = 60_000;
/** Besides the time under load: whoever has waited so long in vain is asked again after as long once more. */
const quietLimitMs = 180_000;
/** For the little that asking again in the end sets off. */
const restlessLimitMs = 60_000;

/**
 * The whole system under steady load, broken in every way that the plan of this seed holds, then healed and
 * judged. What it did stays in a folder of its own if anything was violated.
 */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  const { seed, report, requests } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-chaos-'));
  let stage: Stage | undefined;
  let isClean = true;
  try {
    report(`Chaos with seed ${seed} in ${dataDir}`);
    stage = await setStage({ dataDir, report, stopSignal: requests.stop, killSignal: requests.kill });
    isClean = false;
    const outcome = await perform(stage, options);
    isClean = outcome.violations.length === 0;
    return outcome;
  } finally {
    if (stage !== undefined) {
      wake(stage);
      await stage.end();
    }
    if (isClean || requests.stop.aborted) rmSync(dataDir, { recursive: true, force: true });
    else report(`Logs, tables and ledger of this run stay in ${dataDir}`);
  }
}

async function perform(stage: Stage, options: ChaosOptions): Promise<Outcome> {
  const { seed, minutes, report, requests } = options;
  const { world, dataDir } = stage;
  const quietWithinMs = quietLimitMs + minutes * 60_000;
  const load = await Load.of(seed, world);
  const operators = await Operators.of(world, seed);
  const hoarder = await Hoarder.of(seed, world);
  const saboteur = new Saboteur(stage, seed);
  const giveUp = () => load.giveUp();
  requests.stop.addEventListener('abort', giveUp);
  const begin = performance.now();
  const ticking = setInterval(() => {
    const elapsedMs = performance.now() - begin;
    report(progressLine({ elapsedMs, log: load.log, busy: load.busy, faults: saboteur.present }));
  }, progressEveryMs);
  try {
    const acceptedUnderLoad = await underLoad(load, operators, hoarder, saboteur, options);
    report('Enough: everything is healed, and left to come to rest');
    await heal(stage);
    const healedAt = performance.now();
    await load.settle(customersPatienceMs);
    const quiet = (limitMs: number) => untilQuiet(world, operators, limitMs, requests.stop);
    const isQuiet = (await quiet(quietWithinMs)) !== undefined;
    const timeToQuietMs = isQuiet ? Math.round(performance.now() - healedAt) : undefined;
    requests.stop.throwIfAborted();
    report('What is left is read and judged');
    const evidence = await gather(stage, load, operators, seed, () => quiet(restlessLimitMs));
    requests.stop.throwIfAborted();
    writeFileSync(join(dataDir, 'client-log.json'), JSON.stringify([...load.log.orders.values()]));
    const violations = [
      ...verdict(evidence),
      ...operators.complaints,
      ...(isQuiet ? [] : [`P3 not quiet ${quietWithinMs / 1_000} s after everything was healed`]),
      ...stage.unbidden.map(({ part, how, lastLines }) => `P6 ${part.title} ended (${how}): ${lastLines}`),
      ...saboteur.failures.map((failure) => `harness: ${failure}`),
    ];
    return outcomeOf({
      options,
      load,
      operators,
      hoarder,
      saboteur,
      evidence,
      acceptedUnderLoad,
      timeToQuietMs,
      violations,
    });
  } finally {
    clearInterval(ticking);
    giveUp();
    requests.stop.removeEventListener('abort', giveUp);
  }
}

/** Resolves when the time is over and every fault is healed, with how many orders had been accepted by then. */
async function underLoad(
  load: Load,
  operators: Operators,
  hoarder: Hoarder,
  saboteur: Saboteur,
  { seed, minutes, requests }: ChaosOptions,
): Promise<number> {
  const loadMs = minutes * 60_000;
  const enough = AbortSignal.any([requests.stop, AbortSignal.timeout(loadMs)]);
  const [accepted] = await Promise.all([
    load.arrive(ordersPerSecond, enough).then(() => load.log.orders.size),
    operators.work(enough),
    hoarder.grab(enough),
    pause(warmUpMs, enough).then(() => saboteur.carryOut(planOf(seed, loadMs - warmUpMs), enough)),
  ]);
  return accepted;
}

function outcomeOf(run: {
  readonly options: ChaosOptions;
  readonly load: Load;
  readonly operators: Operators;
  readonly hoarder: Hoarder;
  readonly saboteur: Saboteur;
  readonly evidence: Evidence;
  readonly acceptedUnderLoad: number;
  readonly timeToQuietMs: number | undefined;
  readonly violations: readonly string[];
}): Outcome {
  const { options, load, operators, hoarder, saboteur, evidence, acceptedUnderLoad } = run;
  const { seed, minutes } = options;
  const { log } = load;
  const count = (wanted: string) =>
    [...evidence.books.orders.values()].filter(({ status }) => status === wanted).length;
  return {
    seed,
    minutes,
    orders: {
      offered: load.offered,
      placed: log.placed,
      accepted: log.orders.size,
      confirmed: count('CONFIRMED'),
      cancelled: count('CANCELLED'),
      offeredPerSecond: Math.round(load.offered / (minutes * 60)),
      acceptedPerSecond: Math.round(acceptedUnderLoad / (minutes * 60)),
    },
    retries: log.retries,
    repeats: log.repeats,
    answers: log.answers,
    hoarded: { accepted: hoarder.accepted, toldToWait: hoarder.toldToWait },
    nudges: operators.nudges,
    redriven: operators.redriven,
    deadLetters: evidence.deadLetters.length,
    poisoned: operators.poison.size,
    faults: saboteur.struck,
    timeToQuietMs: run.timeToQuietMs,
    violations: run.violations,
  };
}
