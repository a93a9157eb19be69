import { loopbackOnly } from '../../../infra/local/loopback-only.ts';
import { bankAt } from '../../../infra/local/saga/bank.ts';
import { apiInvoke, slsInvoke } from '../../../infra/local/saga/invoke.ts';
import type { Listener } from '../../../infra/local/saga/overhear.ts';
import type { Stage } from '../../../infra/local/saga/play.ts';
import type { Scenario } from '../../../infra/local/saga/scenario.ts';
import { providerIs } from './sandbox.ts';
import type { World } from './world.ts';

/** Whether the scenario kills a process, which needs a system on this machine and not only its endpoints. */
export const isDeadly = ({ steps }: Scenario): boolean => steps.some((step) => 'kill' in step);

/** Plays a scenario in this world: each step is a process, as a person would type it. */
export function stageIn(world: World, listener: Listener): Omit<Stage, 'killFunctions' | 'report'> {
  const { environment } = world.system;
  const shell = { ...loopbackOnly(process.env), ...environment };
  const name = environment.STAGE ?? '';
  return {
    listener,
    invoke: slsInvoke(name, shell),
    watch: apiInvoke(name, shell),
    setProvider: (ways) => providerIs(world, ways),
    answerChallenge: bankAt(world.system.urls.payments),
  };
}
