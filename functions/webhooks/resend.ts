import * as z from 'zod';
import { auditWrite } from '../../engine/audit/entry.ts';
import type { TableEdges } from '../../engine/batch/edges.ts';
import { actorOf } from '../../engine/http/actor.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { FreeText } from '../../engine/http/free-text.ts';
import { role } from '../../engine/http/identity.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { Problem } from '../../engine/http/problem.ts';
import { SUPPORT } from '../../engine/http/role.ts';
import { OrderId, shop, subscribers } from '../shop.ts';
import type { Subscriber } from '../subscribers.ts';
import { type Delivery, resent } from './delivery.ts';
import { secretsAtStart, table, teller } from './live.ts';
import { deliveriesOf, logOf } from './log.ts';
import { DeliveryError } from './post.ts';
import type { Teller } from './teller.ts';

const Wish = z.strictObject({ reason: FreeText, subscriber: z.string().max(100).optional() });

/**
 * POST /orders/{orderId}/webhooks/resend `{reason, subscriber?}`: sends an order's webhooks again, once and under the same ids, to one
 * subscriber or to all that were sent it. The answer is the log, which says what came of it.
 */
export const resending = (edges: TableEdges, by: Pick<Teller, 'attempt'>, told: readonly Subscriber[]) =>
  endpoint(
    shop,
    [role(shop, SUPPORT), pathParameter('orderId', OrderId), jsonBody(Wish)],
    async ({ caller, parameter: orderId, body: { reason, subscriber: name } }, event) => {
      const wanted = told.filter((each) => name === undefined || each.name === name);
      const deliveries = await deliveriesOf(edges.store, orderId, wanted);
      const sendAgain = async (subscriber: Subscriber, delivery: Delivery): Promise<Delivery> => {
        const next = resent(delivery);
        const { status } = delivery;
        const act = {
          act: 'resend',
          about: [orderId],
          before: { status },
          after: { status, subscriber: subscriber.name },
          reason,
        };
        const entry = auditWrite(actorOf(caller, event), act, edges.now(), next.pk, String(next.version));
        const expects = { version: delivery.version };
        const written = await edges.store.write([{ kind: 'put', item: next, expects }, entry]);
        if (!written.ok) throw new Problem('conflict', `${subscriber.name} is being told just now.`);
        return await by.attempt(next, subscriber).catch(async (error: unknown) => {
          if (!(error instanceof DeliveryError)) throw error;
          const [[, failed] = [subscriber, next]] = await deliveriesOf(edges.store, orderId, [subscriber]);
          return failed;
        });
      };
      return logOf(
        orderId,
        await together(deliveries.map(([subscriber, delivery]) => sendAgain(subscriber, delivery))),
      );
    },
  );

/** As Promise.all, but no call outlives the invocation that made it. */
async function together<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(calls);
  return await Promise.all(calls);
}

secretsAtStart();

export const handler = resending(table, teller, subscribers);
