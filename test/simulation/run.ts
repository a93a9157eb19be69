import type { Violation } from './checker/checker.ts';
import { statusOf } from './checker/row.ts';
import { deploymentIn } from './deployment.ts';
import { judgeEnd } from './ending.ts';
import type { PlannedFault } from './faults.ts';
import { type RunOptions, Scene } from './scene.ts';
import type { Script } from './script.ts';

export interface Run {
  readonly script: Script;
  readonly violation: Violation | undefined;
  /** Every fault that happened, in order. */
  readonly faults: readonly PlannedFault[];
  readonly actors: readonly number[];
  readonly steps: number;
  readonly calls: number;
  /** Of these, how many were made while faults could happen. */
  readonly callsAmongFaults: number;
  readonly trace: readonly string[];
}

/** Once faults have stopped, everything has ended within so many steps, */
const MAX_HEALING_STEPS = 3_000;
/** Of so many participants. */
const USUAL_PLAYERS = 3;
/** Whoever hoards begins two dozen, of which each may be asked about again and again. */
const HEALING_STEPS_PER_SAGA = 500;
/** and so long: an order is asked about at least once an hour, and a clock that was two hours wrong may add as much. */
const MAX_HEALING_MS = 6 * 3_600_000;

/**
 * Whatever functions do without the outside is done after it: from within a microtask, the next tick comes when
 * there is no other microtask left. https://nodejs.org/api/process.html#when-to-use-queuemicrotask-vs-processnexttick
 */
export const turn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
/** Lets the event loop turn, which no number of ticks does: only then is a rejection known to be nobody's. */
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs one script to its end and judges it. */
export async function run(script: Script, options: RunOptions = {}): Promise<Run> {
  const scene = new Scene(await deploymentIn(script.deployment), script, options);
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  try {
    await play(scene);
  } catch (error) {
    // What the product made of the world is more than the world knows how to judge.
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    scene.simulation.checker.fail('world', `${message} ${stack.split('\n')[1] ?? ''}`);
  }
  await breath();
  process.off('unhandledRejection', onUnhandled);
  if (unhandled.length > 0) scene.simulation.checker.fail('P7', `nobody heard of ${String(unhandled[0])}`);
  return runOf(script, scene);
}

/** Lets everything happen in a scene, and judges it. */
export async function play(scene: Scene): Promise<void> {
  const { simulation, workload } = scene;
  scene.start();
  await turn();
  while (
    simulation.checker.violation === undefined &&
    simulation.step < workload.faultySteps &&
    scene.advance()
  ) {
    await turn();
  }
  simulation.trace.say(() => 'faults have stopped');
  simulation.areFaultsOn = false;
  scene.callsAmongFaults = simulation.calls;
  simulation.outages.clear();
  scene.lambda.skewMs = 0;
  scene.lambda.recycle();
  if (await settle(scene)) await judgeEnd(scene, () => settle(scene));
}

const runOf = (
  script: Script,
  { simulation, plan, customers, operators, hoarders, callsAmongFaults }: Scene,
): Run => ({
  script,
  violation: simulation.checker.violation,
  faults: plan.happened,
  actors: [...customers, ...operators, ...hoarders].map((actor) => actor.plan.id),
  steps: simulation.step,
  calls: simulation.calls,
  callsAmongFaults,
  trace: simulation.trace.lines,
});

/** Without faults, until nothing is left to happen. False if a promise is broken, or if it does not end. */
export async function settle(scene: Scene): Promise<boolean> {
  const { simulation } = scene;
  const { checker } = simulation;
  const { clock } = simulation.world;
  const { sagas } = simulation.world;
  const { healingSteps: least = MAX_HEALING_STEPS } = scene.workload;
  const most = Math.max(least, HEALING_STEPS_PER_SAGA * sagas.size);
  // Each takes part in every saga, and hears what each other says.
  const more = Math.max(1, simulation.cast.players.length / USUAL_PLAYERS);
  const healingSteps = Math.round(most * more ** 2);
  const end = simulation.step + healingSteps;
  const endMs = clock.nowMs + MAX_HEALING_MS + clock.setBackMs;
  const isLate = () => simulation.step >= end || clock.nowMs >= endMs;
  await turn();
  while (checker.violation === undefined && !isLate() && scene.advance()) await turn();
  if (isLate()) {
    const open = scene.openSagas.map((id) => `${id} ${statusOf(simulation.world.sagas.get(id))}`);
    checker.fail(
      'P3',
      `not ended ${healingSteps} steps or ${MAX_HEALING_MS / 3_600_000} hours after the last fault: ${open.join(', ') || 'messages go on'}`,
    );
  }
  return checker.violation === undefined;
}
