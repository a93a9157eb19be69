import { keptMinor } from '../world/provider.ts';
import type { World } from '../world/world.ts';
import { rowOf, statusOf } from './row.ts';

const undoneReservation = new Set(['NONE', 'REJECTED', 'RELEASED']);
const undonePayment = new Set(['NONE', 'DECLINED', 'VOIDED', 'REFUNDED']);

/** P2 and P4 of one order as everything stands now: which is broken and how; undefined if neither is. */
export function flawOfOrder(
  world: World,
  orderId: string,
): readonly [promise: string, flaw: string] | undefined {
  const order = world.tables.order.items.get(orderId);
  const reservation = world.tables.inventory.items.get(`ORDER#${orderId}`);
  const payment = world.tables.payment.items.get(orderId);
  const account = world.provider.accounts.get(orderId);
  const kept = keptMinor(account);
  const [status, held, paid] = [statusOf(order), statusOf(reservation), statusOf(payment)];
  const is = () => `${orderId} order ${status}, reservation ${held}, payment ${paid}, ${kept} kept`;

  if (order === undefined) {
    const isOrphan = reservation !== undefined || payment !== undefined || account !== undefined;
    return isOrphan ? ['P4', `orphan: ${is()}`] : undefined;
  }
  if ((account?.capturesMinor.length ?? 0) > 1) return ['P2', `charged twice: ${is()}`];
  if (kept < 0) return ['P2', `more refunded than captured: ${is()}`];
  if (status === 'CONFIRMED') {
    if (kept !== rowOf(order)?.state.totalMinor)
      return ['P2', `${rowOf(order)?.state.totalMinor} due: ${is()}`];
    if (held !== 'RESERVED' || paid !== 'CAPTURED') return ['P4', is()];
    if (kept !== rowOf(reservation)?.state.totalMinor) return ['P2', `not the reservation's total: ${is()}`];
  }
  if (status === 'CANCELLED') {
    if (kept !== 0) return ['P2', is()];
    if (!undoneReservation.has(held) || !undonePayment.has(paid)) return ['P4', is()];
  }
  return undefined;
}
