import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { run } from '../runtime/engine.ts';
import { bodyOf, callerOf, http, json, traceparentOf } from '../runtime/http.ts';
import { fingerprintOf, idempotencyKeyOf, orderIdFor } from '../runtime/idempotency-key.ts';
import { liveEdges } from '../runtime/live.ts';
import { log } from '../runtime/log.ts';
import { Problem } from '../runtime/problem.ts';
import { HASTY } from '../runtime/publisher.ts';
import { hasNoSkuTwice, Line, MAX_LINES, PaymentMethod } from '../saga/events.ts';
import { order, present } from './order.ts';

const NewOrder = z.strictObject({
  items: z
    .array(z.strictObject(Line.shape))
    .min(1)
    .max(MAX_LINES)
    .refine(hasNoSkuTwice, 'each SKU may appear once'),
  paymentMethod: PaymentMethod,
});

/** POST /orders: accepted as soon as it is durable; the saga goes on by itself. */
export const place = (edges: Edges) =>
  http(async (event) => {
    const { id: customerId } = callerOf(event);
    const key = idempotencyKeyOf(event);
    const body = bodyOf(event, NewOrder);
    const orderId = orderIdFor(customerId, key);
    const placed = { ...body, customerId, fingerprint: fingerprintOf(body), createdAtMs: edges.now() };
    const work = {
      orderId,
      input: { type: 'place', order: placed },
      traceparent: traceparentOf(event),
    } as const;

    const [outcome] = await run(order, [work], edges);
    if (outcome?.kind === 'refused') {
      throw new Problem('idempotency-key-reused', 'Send a new Idempotency-Key for a new order.');
    }
    if (outcome?.record === undefined)
      throw outcome?.kind === 'failed' ? outcome.error : new Error('no outcome');
    if (outcome.kind === 'failed') {
      // The order is durable, and overdue orders say again what they said: it is accepted all the same.
      log('warn', 'order accepted but not announced yet', { orderId, error: outcome.error.message });
    }
    return json(202, present(outcome.record), { location: `/orders/${orderId}` });
  });

export const handler = place(liveEdges('order', HASTY));
