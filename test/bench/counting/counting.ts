import { freePorts } from '../../../infra/local/ports.ts';
import { pause } from '../../chaos/pause.ts';
import { countMessages } from '../../support/saga/books.ts';
import type { Assortment } from '../assortment.ts';
import { buying } from '../buying.ts';
import { closedLoop } from '../loops.ts';
import { measure, type Surroundings } from '../measure.ts';
import { type Stage, type StageOptions, setStage } from '../stage.ts';
import { type Verdict, verdictOn } from '../verdict.ts';
import { type Counts, perSaga, Tally } from './counts.ts';
import { startDatabaseProxy } from './database-proxy.ts';
import { invocationsIn, loggingInvocations } from './invocations.ts';
import { tapMessages } from './message-tap.ts';

/** For one saga. Group commit shares calls between sagas that are under way at once, so their number matters. */
export interface CountsByConcurrency {
  readonly oneAtATime: Counts;
  readonly atConcurrency: Counts;
}

export interface Counted {
  readonly happy: CountsByConcurrency;
  readonly compensated: CountsByConcurrency;
}

export interface CountingOptions extends Omit<StageOptions, 'environment' | 'ports'>, Surroundings {
  readonly assortment: Assortment;
  readonly sagas: number;
  readonly concurrency: number;
}

const mostSagas = 1_000;
const mostOneAtATime = 100;
const warmUpSagas = 100;
const lookEveryMs = 250;
const quietLooks = 3;

/** A system of its own with counters at every edge, so that counting costs the timed runs nothing. */
export async function countSagas(options: CountingOptions): Promise<Counted & { readonly verdict: Verdict }> {
  const tally = new Tally();
  const ports = await freePorts();
  const proxy = await startDatabaseProxy({ host: '127.0.0.1', port: ports.dynamodb }, tally.called);
  try {
    const environment = { ...loggingInvocations, AWS_ENDPOINT_URL_DYNAMODB: proxy.url };
    const stage = await setStage({ ...options, ports, environment });
    try {
      const tap = await tapMessages(stage.world.system.urls.rabbitmq, tally.published);
      const happy = await countBoth(stage, tally, 0, options);
      const compensated = await countBoth(stage, tally, 1, options);
      await tap.end();
      return { happy, compensated, verdict: await verdictOn(stage) };
    } finally {
      await stage.end();
    }
  } finally {
    await proxy.end();
  }
}

async function countBoth(
  stage: Stage,
  tally: Tally,
  declined: 0 | 1,
  options: CountingOptions,
): Promise<CountsByConcurrency> {
  const assortment = { ...options.assortment, declined };
  const run = buying(stage, assortment);
  const count = async (sagas: number, concurrency: number): Promise<Counts> => {
    const title = `Counting ${declined === 0 ? 'happy' : 'compensated'} sagas, ${concurrency} at once`;
    await untilQuiet(stage, tally, options.stop);
    tally.reset();
    const before = invocationsIn(stage.dataDir).length;
    await measure(title, stage, { sagas, run }, (loop) => closedLoop({ ...loop, concurrency }), options);
    await untilQuiet(stage, tally, options.stop);
    return perSaga(tally.counts(invocationsIn(stage.dataDir).slice(before)), sagas);
  };
  const { concurrency } = options;
  // Cold modules would be billed to the first saga.
  await count(Math.min(options.sagas, warmUpSagas), concurrency);
  return {
    oneAtATime: await count(Math.min(options.sagas, mostOneAtATime), 1),
    atConcurrency: await count(Math.min(options.sagas, mostSagas), concurrency),
  };
}

/** What a saga sets off may go on for a moment after its outcome. */
async function untilQuiet({ world }: Stage, tally: Tally, stop: AbortSignal): Promise<void> {
  let heard = -1;
  for (let looks = 0; looks < quietLooks && !stop.aborted; ) {
    const { waiting } = await countMessages(world.system);
    looks = waiting === 0 && tally.heard === heard ? looks + 1 : 0;
    heard = tally.heard;
    await pause(lookEveryMs, stop);
  }
  stop.throwIfAborted();
}
