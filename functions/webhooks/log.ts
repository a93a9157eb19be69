import * as z from 'zod';
import type { Store } from '../../engine/batch/store.ts';
import { json } from '../../engine/http/http.ts';
import { Problem } from '../../engine/http/problem.ts';
import { OrderId } from '../shop.ts';
import { OUTCOMES, type Subscriber } from '../subscribers.ts';
import { type Delivery, DeliveryView, deliveryIn, deliveryKey, shownDelivery } from './delivery.ts';

/** What became of an order's webhooks, for the staff. */
export const LogView = z.object({ orderId: OrderId, deliveries: z.array(DeliveryView) });

/** What the subscribers of today were told of an order. @throws Problem 404 if that is nothing; StoreUnavailableError */
export async function deliveriesOf(
  store: Pick<Store, 'read'>,
  orderId: OrderId,
  subscribers: readonly Subscriber[],
): Promise<readonly (readonly [Subscriber, Delivery])[]> {
  const keys = subscribers.flatMap((subscriber) =>
    OUTCOMES.map((type) => [deliveryKey(orderId, type, subscriber), subscriber] as const),
  );
  const items = await store.read(keys.map(([key]) => key));
  const deliveries = keys.flatMap(([key, subscriber]) => {
    const item = items.get(key);
    return item === undefined ? [] : [[subscriber, deliveryIn(item)] as const];
  });
  if (deliveries.length > 0) return deliveries;
  throw new Problem('not-found', 'No subscriber was told of this order.');
}

export const logOf = (orderId: OrderId, deliveries: readonly Delivery[]) =>
  json(200, { orderId, deliveries: deliveries.map(shownDelivery) } satisfies z.infer<typeof LogView>);
