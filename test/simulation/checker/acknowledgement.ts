import { type EventType, type Service, shop } from '../../../functions/shop.ts';
import type { Invocation } from '../invocation.ts';
import type { Message } from '../world/broker.ts';
import type { World } from '../world/world.ts';
import { orderIdOf, typeOf } from './message-id.ts';
import { rowOf, statusOf } from './row.ts';

const isKnown = (type: string): type is EventType => shop.eventTypes.some((each) => each === type);

/**
 * A message may be acknowledged when it is done and what it caused is said, or when it is put aside. What is
 * wrong with this one's; undefined if nothing is.
 */
export function flawOfAcknowledgement(
  world: World,
  invocation: Invocation,
  message: Message,
): string | undefined {
  const { service, saidOf, putAside } = invocation;
  if (putAside.has(message.messageId)) return undefined;
  const [orderId, type] = [orderIdOf(message.messageId), typeOf(message.messageId)];
  if (!isKnown(type))
    return `${message.messageId || 'an unreadable message'} was neither handled nor put aside`;
  const flaw =
    service === 'order'
      ? flawAtOrder(world, orderId, type, saidOf)
      : flawAtParticipant(world, service, orderId, type, saidOf);
  return flaw === undefined ? undefined : `${message.messageId} was acknowledged, but ${flaw}`;
}

function flawAtParticipant(
  world: World,
  service: Service,
  orderId: string,
  type: EventType,
  saidOf: ReadonlySet<string>,
): string | undefined {
  const isFailure = shop.kindOf(type) === 'failure';
  if (isFailure && !shop.compensatorsOf(type).includes(service)) return undefined;
  if (saidOf.has(orderId)) return undefined;
  // A charge that is being undone is answered by the failure that undoes it.
  const status = statusOf(world.tables[service].items.get(orderId));
  if (type === 'stock.reserved' && ['VOIDING', 'REFUNDING', 'VOIDED', 'REFUNDED'].includes(status))
    return undefined;
  return `${service} has not answered it`;
}

function flawAtOrder(
  world: World,
  orderId: string,
  type: EventType,
  saidOf: ReadonlySet<string>,
): string | undefined {
  const row = rowOf(world.tables.order.items.get(orderId));
  const status = row?.state.status;
  if (type === 'payment.captured') {
    if (status === 'PENDING') return 'the order is still PENDING';
    return status === 'CONFIRMED' && !saidOf.has(orderId) ? 'the outcome was not said' : undefined;
  }
  if (shop.publisherOf(type) === 'order') return undefined;
  if (status === 'CANCELLED' || row?.state.answered?.includes(shop.publisherOf(type))) return undefined;
  return `the order does not know it and is ${status}`;
}
