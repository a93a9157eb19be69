import * as z from 'zod';
import type { Item } from '../../engine/batch/store.ts';
import { eventId } from '../../engine/saga/envelope.ts';
import { isoTime } from '../../engine/saga/iso-time.ts';
import type { OrderId } from '../shop.ts';
import type { Outcome, Subscriber } from '../subscribers.ts';
import type { Told } from './decide.ts';

/** What one subscriber was told of one order's end, as it stands in the table. */
const Delivery = z.object({
  pk: z.string(),
  version: z.int(),
  subscriber: z.string(),
  /** The event's id, and the webhook's in all of its attempts. */
  webhookId: z.string(),
  /** What is sent, byte for byte the same each time. */
  body: z.string(),
  status: z.enum(['PENDING', 'DELIVERED']),
  attempts: z.int(),
  resends: z.int(),
  begunAt: z.iso.datetime(),
  lastAttemptAt: z.iso.datetime().optional(),
  deliveredAt: z.iso.datetime().optional(),
  /** Of the last attempt, if it failed: a word of ours. */
  lastError: z.string().optional(),
});
export type Delivery = Readonly<z.infer<typeof Delivery>>;

/** A delivery as the staff see it. */
export const DeliveryView = Delivery.omit({ pk: true, version: true, body: true });

export const shownDelivery = ({
  pk: _,
  version: __,
  body: ___,
  ...shown
}: Delivery): z.infer<typeof DeliveryView> => shown;

/** How the keys of deliveries begin. */
const DELIVERY = 'DELIVERY#';

export const deliveryKey = (orderId: OrderId, type: Outcome, { name }: Pick<Subscriber, 'name'>): string =>
  `${DELIVERY}${eventId(orderId, type)}#${name}`;

export const deliveryIn = (item: Item): Delivery => Delivery.parse(item);

/** Only an order that is cancelled has a reason. */
export const outcomeOf = ({ code }: Told): Outcome =>
  code === undefined ? 'order.confirmed' : 'order.cancelled';

/** The delivery before its first attempt. The order is named as in `GET /orders/{orderId}`, and the receiver reads the rest there. */
export function begunDelivery(orderId: OrderId, told: Told, subscriber: Subscriber, nowMs: number): Delivery {
  const type = outcomeOf(told);
  const { amountMinor, currency, code } = told;
  const data =
    code === undefined
      ? { orderId, status: 'CONFIRMED', totalMinor: amountMinor, currency }
      : { orderId, status: 'CANCELLED', reason: { code } };
  const begunAt = isoTime(nowMs);
  return {
    pk: deliveryKey(orderId, type, subscriber),
    version: 1,
    subscriber: subscriber.name,
    webhookId: eventId(orderId, type),
    body: JSON.stringify({ type, timestamp: begunAt, data }),
    status: 'PENDING',
    attempts: 0,
    resends: 0,
    begunAt,
  };
}

/** The delivery after an attempt; `error`: why it failed. What was delivered once stays so. */
export function attempted(delivery: Delivery, nowMs: number, error: string | undefined): Delivery {
  const { lastError: _, ...rest } = delivery;
  const at = isoTime(nowMs);
  return {
    ...rest,
    version: delivery.version + 1,
    attempts: delivery.attempts + 1,
    lastAttemptAt: at,
    ...(error === undefined
      ? { status: 'DELIVERED', deliveredAt: delivery.deliveredAt ?? at }
      : { lastError: error }),
  };
}

/** The delivery that somebody has asked to send again. */
export const resent = (delivery: Delivery): Delivery => ({
  ...delivery,
  version: delivery.version + 1,
  resends: delivery.resends + 1,
});
