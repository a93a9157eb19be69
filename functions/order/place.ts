import * as z from 'zod';
import type { Edges } from '../../engine/batch/edges.ts';
import { type Admission, admission, waitingLimit } from '../../engine/initiator/admission.ts';
import { placing } from '../../engine/initiator/place.ts';
import { liveBacklog, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { hasNoSkuTwice, Line, MAX_LINES, PaymentMethod } from '../events.ts';
import { order } from './order.ts';

/** Bank accounts and sources have other ids, and settle days later. https://docs.stripe.com/api/payment_methods */
const CARD = /^pm_/;

const NewOrder = z.strictObject({
  items: z
    .array(z.strictObject(Line.shape))
    .min(1)
    .max(MAX_LINES)
    .refine(hasNoSkuTwice, 'each SKU may appear once'),
  paymentMethod: PaymentMethod.regex(CARD, 'must be the id of a payment method, such as pm_card_visa'),
});

/** POST /orders */
export const place = (edges: Edges, admit?: Admission) => placing(order, edges, NewOrder, admit);

const edges = liveEdges(order, HASTY);
const admit = admission(
  () => liveBacklog(order, HASTY)(),
  edges.now,
  () => waitingLimit(order.saga),
  order.service,
);
export const handler = place(edges, admit);
