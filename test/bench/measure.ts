import { type Figures, figuresOf } from './figures.ts';
import type { Loop, Timings } from './loops.ts';
import { Progress, whileProgressing } from './patience.ts';
import { canMeter, type Usages, usageOf } from './process-meter.ts';
import type { ProgressBar } from './progress-bar.ts';
import type { Stage } from './stage.ts';

/** Longer than a saga may take whose events have to be nudged or tried again. */
const stallMs = 60_000;

export interface Surroundings {
  readonly bar: ProgressBar;
  readonly stop: AbortSignal;
}

/** Runs a loop to its end with the meters read before and after. */
export async function measure(
  title: string,
  stage: Stage,
  loop: Pick<Loop, 'sagas' | 'run'>,
  perform: (loop: Loop) => Promise<Timings>,
  { bar, stop }: Surroundings,
): Promise<Figures> {
  const progress = new Progress();
  bar.begin(title, loop.sagas, () => progress.ended);
  try {
    // Reading /proc is no part of what is measured.
    const before = { system: usages(stage), driver: process.cpuUsage() };
    const work = perform({ ...loop, ended: progress.tick, stop });
    const timings = await whileProgressing(work, progress, { stop, stallMs });
    return figuresOf(timings, before, { driver: process.cpuUsage(), system: usages(stage) });
  } finally {
    bar.end();
  }
}

function usages({ world }: Stage): Usages | undefined {
  if (!canMeter) return undefined;
  const { rabbitmq, dynamodb, payments, api } = world.system.parts;
  const pids = Object.entries({ api, dynamodb, rabbitmq, payments }).flatMap(([name, { pid }]) =>
    pid === undefined ? [] : [[name, pid] as const],
  );
  return usageOf(Object.fromEntries(pids));
}
