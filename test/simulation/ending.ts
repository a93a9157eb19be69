import type { Customer } from './actors/customer.ts';
import { flawOfUnasked } from './checker/holdings.ts';
import { statusOf } from './checker/row.ts';
import { missingPoison } from './disturbances.ts';
import { judgeOutcomes, judgeSagas } from './judgement.ts';
import { redriveAll } from './redriving.ts';
import type { Scene } from './scene.ts';

/** What has to be true once everything has ended. `settle` lets the rest happen after something was done. */
export async function judgeEnd(scene: Scene, settle: () => Promise<boolean>): Promise<void> {
  const { simulation, customers, operators, lambda } = scene;
  while (scene.finishAside()) if (!(await settle())) return;
  simulation.checker.fail('P7', missingPoison(simulation));
  judgeSagas(simulation, (sagaId, role) =>
    customers.some(({ told }) => told.sagaId === sagaId && told.cancelAskedBy.has(role)),
  );
  for (const customer of customers) judgeCustomer(scene, customer);
  if (scene.forgetter.isHere) await scene.forgetter.finish(settle);
  if (simulation.checker.violation !== undefined) return;
  await redriveAll(simulation, lambda, settle);
  simulation.checker.failWith(flawOfUnasked(simulation.world));
  simulation.checker.failWith(await simulation.rules.ended(operators));
  judgeOutcomes(simulation);
  if (scene.forgetter.isHere) await scene.forgetter.finishAfterRedrive(settle);
  scene.forgetter.judge(scene.secrets);
  const { seed } = simulation;
  const customer = customers[seed % customers.length];
  if (seed % 2 === 0) customer?.askAgain();
  if (seed % 4 === 1) customer?.lookAgain();
  if (seed % 4 !== 3) await settle();
}

function judgeCustomer({ simulation: { checker, world } }: Scene, { told }: Customer): void {
  const { sagaId } = told;
  if (sagaId === undefined) return;
  const status = statusOf(world.sagas.get(sagaId));
  if (status !== 'CONFIRMED' && status !== 'CANCELLED')
    checker.fail('P3', `${sagaId} was accepted and is ${status}`);
  if (told.isCancelAccepted && status !== 'CANCELLED')
    checker.fail('P6', `${sagaId} is ${status} after a cancel was accepted`);
  if (told.isCancelRefused && status !== 'CONFIRMED')
    checker.fail('P5', `${sagaId} is ${status} after a cancel was refused`);
}
