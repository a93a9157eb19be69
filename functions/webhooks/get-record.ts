import type { TableEdges } from '../../engine/batch/edges.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { role } from '../../engine/http/identity.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { READERS } from '../../engine/http/role.ts';
import { OrderId, shop, subscribers } from '../shop.ts';
import type { Subscriber } from '../subscribers.ts';
import { table } from './live.ts';
import { deliveriesOf, logOf } from './log.ts';

/** GET /orders/{orderId}/webhooks: the delivery log of an order, for the staff. */
export const webhookLog = (edges: TableEdges, told: readonly Subscriber[]) =>
  endpoint(
    shop,
    [role(shop, ...READERS), pathParameter('orderId', OrderId)],
    async ({ parameter: orderId }) => {
      const deliveries = await deliveriesOf(edges.store, orderId, told);
      return logOf(
        orderId,
        deliveries.map(([, delivery]) => delivery),
      );
    },
  );

export const handler = webhookLog(table, subscribers);
