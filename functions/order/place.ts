import * as z from 'zod';
import type { Edges } from '../../engine/batch/edges.ts';
import { holdsCardNumber } from '../../engine/http/card-number.ts';
import type { Admission } from '../../engine/initiator/admission.ts';
import { type LimitsOf, limitsSetting } from '../../engine/initiator/limits.ts';
import { placing } from '../../engine/initiator/place.ts';
import { liveEdges } from '../../engine/live.ts';
import { liveAdmission } from '../../engine/live-admission.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { hasNoSkuTwice, Line, MAX_LINES, PaymentMethod } from '../events.ts';
import { order } from './order.ts';

/** Bank accounts and sources have other ids, and settle days later. https://docs.stripe.com/api/payment_methods */
const CARD = /^pm_./;

const NewOrder = z.strictObject({
  items: z
    .array(z.strictObject(Line.shape))
    .min(1)
    .max(MAX_LINES)
    .refine(hasNoSkuTwice, 'each SKU may appear once'),
  paymentMethod: PaymentMethod.regex(CARD, 'must be the id of a payment method, such as pm_card_visa').refine(
    (id) => !holdsCardNumber(id),
    'must not have the number of a card in it: only Stripe may see that',
  ),
});

/** POST /orders */
export const place = (edges: Edges, admission?: Admission, limitsOf?: LimitsOf, of = order) =>
  placing(of, edges, NewOrder, admission, limitsOf);

export const handler = place(liveEdges(order, HASTY), liveAdmission(order), limitsSetting);
