import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { bodyOf, http, requireRole, traceparentOf } from '../runtime/http.ts';
import { fingerprintOf, idempotencyKeyOf, orderIdFor } from '../runtime/idempotency-key.ts';
import { liveEdges } from '../runtime/live.ts';
import { Problem } from '../runtime/problem.ts';
import { HASTY } from '../runtime/publisher.ts';
import { together } from '../runtime/together.ts';
import { hasNoSkuTwice, Line, MAX_LINES, PaymentMethod } from '../saga/events.ts';
import { accepted, order } from './order.ts';

const NewOrder = z.strictObject({
  items: z
    .array(z.strictObject(Line.shape))
    .min(1)
    .max(MAX_LINES)
    .refine(hasNoSkuTwice, 'each SKU may appear once'),
  paymentMethod: PaymentMethod,
});

/** POST /orders: accepted as soon as it is durable; the saga goes on by itself. */
export const place = (edges: Edges) => {
  const run = together(order, edges);
  return http(async (event) => {
    const { id: customerId } = requireRole(event, 'customer');
    const key = idempotencyKeyOf(event);
    const body = bodyOf(event, NewOrder);
    const orderId = orderIdFor(customerId, key);
    const placed = { ...body, customerId, fingerprint: fingerprintOf(body), createdAtMs: edges.now() };
    const work = {
      orderId,
      input: { type: 'place', order: placed },
      traceparent: traceparentOf(event),
    } as const;

    const outcome = await run(work);
    if (outcome.kind === 'refused') {
      throw new Problem('idempotency-key-reused', 'Send a new Idempotency-Key for a new order.');
    }
    return accepted(outcome);
  });
};

export const handler = place(liveEdges('order', HASTY));
