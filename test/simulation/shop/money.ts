import type { Item } from '../../../engine/batch/store.ts';
import type { Flaw } from '../checker/flaw.ts';
import { rowOf, statusOf } from '../checker/row.ts';
import { keptMinor, type NewIntent } from '../world/provider.ts';
import type { World } from '../world/world.ts';

/**
 * P2, in money: what is kept is the total of an order that is confirmed, and of one that is cancelled nothing. What people
 * give back after that is theirs, and so is what they settle by hand. `isOver`: nothing is going to happen any more.
 */
export function flawOfMoney(
  world: World,
  orderId: string,
  { isOver }: { readonly isOver: boolean },
): Flaw | undefined {
  const order = world.recordOf('order', orderId);
  const reservation = world.recordOf('inventory', orderId);
  const account = world.provider.account(orderId);
  const payment = statusOf(world.recordOf('payment', orderId));
  const isConfirmed = statusOf(order) === 'CONFIRMED';
  const kept = keptMinor(account) + (isConfirmed ? (account?.laterMinor ?? 0) : 0);
  const isTold = payment === 'RESOLVED' || (!isOver && world.provider.isUnsure(orderId));
  const status = statusOf(order);
  const due = rowOf(order)?.state.totalMinor;
  const is = () => `${orderId} is ${status}, ${account?.capturesMinor.length ?? 0} captured, ${kept} kept`;
  if (order === undefined) return undefined;
  if (kept < 0) return ['P2', `more refunded than captured: ${is()}`];
  if (status === 'CANCELLED' && kept !== 0 && !isTold) return ['P2', is()];
  if (status !== 'CONFIRMED') return undefined;
  if (kept !== due) return ['P2', `${due} due: ${is()}`];
  return kept === rowOf(reservation)?.state.totalMinor
    ? undefined
    : ['P2', `not the reservation's total: ${is()}`];
}

/** What is to be charged is what the reservation costs. */
export function flawOfPrice(world: World, payment: Item): string | undefined {
  const { amountMinor, currency } = rowOf(payment)?.state ?? {};
  const reservation = rowOf(world.recordOf('inventory', payment.pk))?.state;
  if (reservation?.status !== 'RESERVED') return undefined;
  if (amountMinor === reservation.totalMinor && currency === reservation.currency) return undefined;
  const due = `${reservation.totalMinor} ${reservation.currency}`;
  return `${payment.pk} is to be charged ${amountMinor} ${currency}, not ${due}`;
}

/** What is to be charged is what the reservation costs, by the method that the customer named. */
export function flawOfIntent(
  world: World,
  { orderId, amount, currency, paymentMethod }: NewIntent,
): string | undefined {
  const order = rowOf(world.recordOf('order', orderId))?.state;
  const reservation = rowOf(world.recordOf('inventory', orderId))?.state;
  if (order === undefined || reservation?.status !== 'RESERVED') return undefined;
  const asked = [amount, currency, paymentMethod].join(' ');
  const due = [reservation.totalMinor, reservation.currency.toLowerCase(), order.paymentMethod].join(' ');
  return asked === due ? undefined : `${orderId} is to be charged ${asked}, not ${due}`;
}

/** Money moves for an intent that is written down, and for no other. */
export function flawOfConfirmation(world: World, intentId: string): string | undefined {
  const { orderId } = world.provider.retrieve(intentId);
  const payment = rowOf(world.recordOf('payment', orderId))?.state;
  const written = payment?.paymentIntentId;
  // What came before it may be done by now.
  if (payment === undefined || written === intentId || payment.status !== 'CHARGING') return undefined;
  return `${orderId} is charged by ${intentId}, and ${written} is written down`;
}
