import type { Customer } from './actors/customer.ts';
import { statusOf } from './checker/row.ts';
import { stocktakeOf } from './checker/stock.ts';
import { missingPoison } from './disturbances.ts';
import { judgeOutcomes, judgeSagas } from './judgement.ts';
import { redriveAll } from './redriving.ts';
import type { Scene } from './scene.ts';

/** What has to be true once everything has ended. `settle` lets the rest happen after something was done. */
export async function judgeEnd(scene: Scene, settle: () => Promise<boolean>): Promise<void> {
  const { simulation, customers, lambda } = scene;
  simulation.checker.fail('P7', missingPoison(simulation));
  judgeSagas(simulation, (orderId, role) =>
    customers.some(({ told }) => told.orderId === orderId && told.cancelAskedBy.has(role)),
  );
  for (const customer of customers) judgeCustomer(scene, customer);
  await redriveAll(simulation, lambda, settle);
  judgeOperators(scene);
  judgeOutcomes(simulation);
  const { seed } = simulation;
  const customer = customers[seed % customers.length];
  if (seed % 2 === 0) customer?.askAgain();
  if (seed % 4 === 1) customer?.lookAgain();
  if (seed % 4 !== 3) await settle();
}

/** What operators were told is done is done. */
function judgeOperators({ simulation: { checker, world }, operators, rules }: Scene): void {
  const done = (kind: string) =>
    operators.filter(({ plan, isConfirmed }) => plan.wish.kind === kind && isConfirmed);
  const confirmed = done('receive').length;
  const stored = [...world.tableOf('inventory').items.keys()].filter((key) =>
    key.startsWith('RECEIPT#'),
  ).length;
  if (stored < confirmed) checker.fail('P6', `${confirmed} receipts were confirmed, ${stored} are stored`);
  for (const { plan } of done('stocktake')) {
    const stocktake = stocktakeOf({ ...plan, available: plan.quantity });
    if (!rules.stocktakes.has(stocktake))
      checker.fail('P6', `a stocktake was confirmed and not stored: ${stocktake}`);
  }
}

function judgeCustomer({ simulation: { checker, world } }: Scene, { told }: Customer): void {
  const { orderId } = told;
  if (orderId === undefined) return;
  const status = statusOf(world.sagas.get(orderId));
  if (status !== 'CONFIRMED' && status !== 'CANCELLED')
    checker.fail('P3', `${orderId} was accepted and is ${status}`);
  if (told.isCancelAccepted && status !== 'CANCELLED')
    checker.fail('P6', `${orderId} is ${status} after a cancel was accepted`);
  if (told.isCancelRefused && status !== 'CONFIRMED')
    checker.fail('P5', `${orderId} is ${status} after a cancel was refused`);
}
