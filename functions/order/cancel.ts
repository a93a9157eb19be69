import type { Edges } from '../runtime/edges.ts';
import { run } from '../runtime/engine.ts';
import { callerOf, http, pathOf, traceparentOf } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { Problem } from '../runtime/problem.ts';
import { HASTY } from '../runtime/publisher.ts';
import { OrderId } from '../saga/ids.ts';
import { accepted, order, orderOf } from './order.ts';

/** POST /orders/{orderId}/cancel: the wish is durable when this answers; what was done is then undone. */
export const cancel = (edges: Edges) =>
  http(async (event) => {
    const caller = callerOf(event);
    const { orderId } = await orderOf(edges, pathOf(event, 'orderId', OrderId), caller);
    const by = caller.role === 'operator' ? 'OPERATOR' : 'CUSTOMER';
    const work = { orderId, input: { type: 'cancel', by }, traceparent: traceparentOf(event) } as const;

    const [outcome] = await run(order, [work], edges);
    if (outcome?.kind === 'refused')
      throw new Problem('conflict', `This order cannot be cancelled: ${outcome.reason}.`);
    return accepted(outcome);
  });

export const handler = cancel(liveEdges('order', HASTY));
