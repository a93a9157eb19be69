import type { Code } from '../../../functions/reconciliation/compare.ts';
import { flawOfUnasked } from '../checker/holdings.ts';
import { rowOf, statusOf } from '../checker/row.ts';
import type { Coverage } from '../coverage.ts';
import { deploymentIn } from '../deployment.ts';
import { redrivePages } from '../redriving.ts';
import { settle, turn } from '../run.ts';
import { Scene } from '../scene.ts';
import { reconciled } from '../shop/reconciliation.ts';
import { keptMinor } from '../world/provider.ts';
import type { World } from '../world/world.ts';
import { Takeover } from './takeover.ts';

/** A cell of the table in docs/security.md. `kept`: the code keeps it. `named`: the reconciliation names what breaks it. */
type Cell = 'kept' | 'named';
export type TakenOver = 'order' | 'inventory' | 'payment';

/** P1, at most one capture (P2) and P3 are kept whoever is taken over. */
const table: Readonly<
  Record<TakenOver, { readonly [Promise in 'sum' | 'reserved' | 'nothing kept' | 'released']: Cell }>
> = {
  order: { sum: 'named', reserved: 'named', 'nothing kept': 'kept', released: 'kept' },
  inventory: { sum: 'kept', reserved: 'named', 'nothing kept': 'named', released: 'named' },
  payment: { sum: 'named', reserved: 'named', 'nothing kept': 'named', released: 'kept' },
};

export interface Judged {
  readonly flaw: string | undefined;
  readonly trace: readonly string[];
}

/** One run in which somebody speaks for a service as long as there are faults. Each promise says what it still holds for. */
export async function byzantine(
  seed: number,
  service: TakenOver,
  { isTraced = false, coverage }: { readonly isTraced?: boolean; readonly coverage?: Coverage } = {},
): Promise<Judged> {
  const told = { isTraced, ...(coverage === undefined ? {} : { coverage }) };
  const scene = new Scene(await deploymentIn(), { seed }, told);
  const { simulation, workload } = scene;
  const { checker, trace } = simulation;
  const takeover = new Takeover(simulation, service);
  scene.start();
  await turn();
  while (checker.violation === undefined && simulation.step < workload.faultySteps && scene.advance()) {
    takeover.advance();
    await turn();
  }
  simulation.areFaultsOn = false;
  simulation.outages.clear();
  scene.lambda.skewMs = 0;
  scene.lambda.recycle();
  if (await settle(scene)) {
    while (scene.finishAside()) if (!(await settle(scene))) break;
    // What was done for a saga that nobody has placed may have to wait for a redrive to be undone.
    for (const player of simulation.cast.players) redrivePages(simulation, scene.lambda, player.service);
    if (await settle(scene)) await judge(scene, service);
  }
  const flaw = checker.violation;
  return { flaw: flaw && `${flaw.promise}: ${flaw.flaw}`, trace: trace.lines };
}

async function judge({ simulation }: Scene, service: TakenOver): Promise<void> {
  const { checker, world, coverage } = simulation;
  const { findings } = await reconciled(world);
  const named = (orderId: string, codes: readonly Code[]) =>
    findings.some((each) => each.orderId === orderId && codes.includes(each.code));
  const cells = table[service];
  for (const orderId of world.sagas.keys()) {
    const status = statusOf(world.recordOf('order', orderId));
    for (const { promise, cell, isBroken, codes } of brokenOf(world, orderId)) {
      if (!isBroken) continue;
      if (cells[cell] === 'named' && named(orderId, codes)) coverage.count(`named: ${service} ${cell}`);
      else checker.fail(promise, `${orderId} is ${status}, and ${cell} does not hold`);
    }
  }
  checker.failWith(flawOfUnasked(world));
}

type Broken = {
  readonly promise: string;
  readonly cell: keyof (typeof table)['order'];
  readonly isBroken: boolean;
  readonly codes: readonly Code[];
};

function brokenOf(world: World, orderId: string): readonly Broken[] {
  const order = world.recordOf('order', orderId);
  const status = statusOf(order);
  const account = world.provider.account(orderId);
  const kept = keptMinor(account);
  const paid = kept + (account?.laterMinor ?? 0);
  const isReserved = statusOf(world.recordOf('inventory', orderId)) === 'RESERVED';
  const isByHand = statusOf(world.recordOf('payment', orderId)) === 'RESOLVED';
  const [isConfirmed, isCancelled] = [status === 'CONFIRMED', status === 'CANCELLED'];
  return [
    {
      promise: 'P2',
      cell: 'sum',
      isBroken: isConfirmed && paid !== rowOf(order)?.state.totalMinor,
      codes: ['CONFIRMED_UNPAID', 'CONFIRMED_OTHER_MONEY', 'OTHER_INTENT_CHARGED', 'PAYMENT_STATUS_DIFFERS'],
    },
    {
      promise: 'P4',
      cell: 'reserved',
      isBroken: isConfirmed && !isReserved,
      codes: ['CONFIRMED_STOCK_NOT_HELD'],
    },
    {
      promise: 'P4',
      cell: 'nothing kept',
      isBroken: isCancelled && kept !== 0 && !isByHand,
      codes: ['CANCELLED_MONEY_KEPT', 'CHARGED_TWICE', 'STUCK'],
    },
    {
      promise: 'P4',
      cell: 'released',
      isBroken: isCancelled && isReserved,
      codes: ['CANCELLED_STOCK_HELD', 'STUCK'],
    },
  ];
}
