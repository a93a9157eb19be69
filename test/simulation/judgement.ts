import type { Item } from '../../engine/batch/store.ts';
import { deadQueueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import type { Customer } from './actors/customer.ts';
import { requestOf } from './actors/request.ts';
import type { Player } from './cast.ts';
import { roleOf } from './checker/roles.ts';
import { type Row, rowOf, statusOf } from './checker/row.ts';
import { stocktakeOf } from './checker/stock.ts';
import { missingPoison } from './disturbances.ts';
import type { Scene } from './scene.ts';
import { DEADLINE_MS } from './world/world.ts';

/** A redriven message may be parked again only if it can never be handled; more rounds than this change nothing. */
const REDRIVE_ROUNDS = 2;

/** What has to be true once everything has ended. `settle` lets the rest happen after something was done. */
export async function judgeEnd(scene: Scene, settle: () => Promise<boolean>): Promise<void> {
  const { simulation, customers } = scene;
  const { checker, world, coverage } = simulation;
  checker.fail('P7', missingPoison(simulation));
  for (const order of world.tableOf('order').items.values()) {
    const state = rowOf(order)?.state;
    coverage.count(`order ${state.status} ${state.reason?.code ?? ''}`.trim());
    judgeReason(scene, order);
  }
  for (const [reason, times] of checker.parkedReasons)
    coverage.count(`parked: ${reason.slice(0, 40)}`, times);
  for (const service of shop.services) {
    const parked = world.broker.queue(deadQueueOf(service)).messages;
    const byBroker = parked.filter(({ headers }) => headers['x-first-death-reason'] === 'delivery_limit');
    coverage.count('parked: put aside by the broker', byBroker.length);
  }
  for (const customer of customers) judgeCustomer(scene, customer);
  if (shop.services.some((service) => world.broker.queue(deadQueueOf(service)).messages.length > 0)) {
    await redriveAll(scene, settle);
  }
  judgeOperators(scene);
  judgeOutcomes(scene);
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

/** Whoever comes later (shipping, mail) hears of the end of every order, and of one end only. */
function judgeOutcomes({ simulation: { checker, world } }: Scene): void {
  for (const order of world.tableOf('order').items.values()) {
    const isConfirmed = statusOf(order) === 'CONFIRMED';
    const [said, unsaid] = isConfirmed ? ['confirmed', 'cancelled'] : ['cancelled', 'confirmed'];
    if (!checker.said.has(`${order.pk}:order.${said}`))
      checker.fail('P4', `nobody was told that ${order.pk} is ${said}`);
    if (checker.said.has(`${order.pk}:order.${unsaid}`))
      checker.fail('P4', `${order.pk} was said to be ${unsaid} and is ${said}`);
  }
}

function judgeCustomer({ simulation: { checker, world } }: Scene, { told }: Customer): void {
  const { orderId } = told;
  if (orderId === undefined) return;
  const status = statusOf(world.tableOf('order').items.get(orderId));
  if (status !== 'CONFIRMED' && status !== 'CANCELLED')
    checker.fail('P3', `${orderId} was accepted and is ${status}`);
  if (told.isCancelAccepted && status !== 'CANCELLED')
    checker.fail('P6', `${orderId} is ${status} after a cancel was accepted`);
  if (told.isCancelRefused && status !== 'CONFIRMED')
    checker.fail('P5', `${orderId} is ${status} after a cancel was refused`);
}

/** An order is cancelled for a reason that is true. */
function judgeReason({ simulation: { checker, world }, customers }: Scene, order: Item): void {
  const { pk: orderId, state, history } = rowOf(order) as Row;
  if (state.status !== 'CANCELLED') return;
  const { code } = state.reason;
  const hasAsked = customers.some(({ told }) => told.orderId === orderId && told.cancelAskedBy.has(code));
  if ((code === 'CUSTOMER' || code === 'OPERATOR') && !hasAsked)
    checker.fail('P4', `${orderId} is cancelled by a ${code} who did not ask for it`);
  const waitedMs =
    Date.parse(history.find(({ because }: Row) => because === 'nudge')?.at) - state.createdAtMs;
  if (code === 'DEADLINE' && !(waitedMs + world.clock.setBackMs >= DEADLINE_MS))
    checker.fail('P4', `${orderId} passed its deadline after ${waitedMs} ms`);
  const payment = statusOf(world.tableOf('payment').items.get(orderId));
  const reservation = statusOf(world.tableOf('inventory').items.get(`ORDER#${orderId}`));
  if (code === 'PAYMENT_DECLINED' && payment !== 'DECLINED')
    checker.fail('P4', `${orderId} was declined, the payment is ${payment}`);
  if ((code === 'OUT_OF_STOCK' || code === 'UNKNOWN_SKU') && reservation !== 'REJECTED') {
    checker.fail('P4', `${orderId} was rejected, the reservation is ${reservation}`);
  }
}

/** P8: everything that is parked is moved back, and nothing that has ended changes. */
async function redriveAll(scene: Scene, settle: () => Promise<boolean>): Promise<void> {
  const { simulation, lambda } = scene;
  const { checker, world } = simulation;
  simulation.trace.say(() => 'everything parked is redriven');
  const before = snapshot(scene);
  for (let round = 0; round < REDRIVE_ROUNDS; round += 1) {
    for (const service of shop.services) {
      const request = {
        method: 'POST',
        by: 'operator',
        role: 'operator',
        path: {},
        body: { dryRun: false },
      } as const;
      lambda.invoke(`${service}-dead-letters`, requestOf(request), () => {});
    }
    if (!(await settle())) return;
  }
  if (!isSame(snapshot(scene), before)) checker.fail('P8', 'a redrive after the end has changed something');
  for (const service of shop.services) {
    const stays = world.broker
      .queue(deadQueueOf(service))
      .messages.find(({ messageId }) => !checker.poison.has(`${service} ${messageId}`));
    if (stays !== undefined) checker.fail('P8', `${stays.messageId} is still parked after a redrive`);
  }
}

/**
 * Items never change: whatever is written is another one. Accounts do. Who still waits for another event has done nothing
 * yet, and may hear of a saga for the first time after it has ended.
 */
function snapshot({ simulation: { world } }: Scene): readonly unknown[] {
  const waits = (player: Player, item: Item) =>
    player.step !== undefined && roleOf(player, item) === 'waiting';
  return [
    JSON.stringify(world.outsides),
    ...world.cast.players.flatMap((player) =>
      [...world.tableOf(player.service).items].filter(([, item]) => !waits(player, item)).flat(),
    ),
  ];
}

const isSame = (now: readonly unknown[], before: readonly unknown[]): boolean =>
  now.length === before.length &&
  now.every(
    (each, index) => each === before[index] || JSON.stringify(each) === JSON.stringify(before[index]),
  );
