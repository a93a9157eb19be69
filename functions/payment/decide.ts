/** The payment's request and the members its record keeps. The engine has the states (`external-decision.ts`). */
import * as z from 'zod';
import { externalStep } from '../../engine/saga/external-step.ts';
import { impersonal, personal, pseudonymous } from '../../engine/saga/personal-data.ts';
import { PaymentMethod, PricedLines, ProviderId, Text, totalMinorOf } from '../events.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';

/**
 * What the customer has to do before the charge can go on: Stripe.js shows the challenge of the customer's bank.
 * https://docs.stripe.com/js/payment_intents/handle_next_action
 */
const CustomerAction = z.object({ clientSecret: Text, call: Text }).meta(personal);

/** What people or banks have done about the charge since. It changes no order. Amounts in minor units. */
const Observed = z.object({
  refundedMinor: z.int().min(0).meta(impersonal),
  disputes: z
    .array(z.object({ id: Text, status: Text, reason: Text, amountMinor: z.int().min(0) }))
    .readonly()
    .meta(pseudonymous),
});

/** The step that charges for an order, and voids or refunds the charge. */
export const charging = externalStep(shop, 'payment', {
  asks: z
    .object({
      lines: PricedLines,
      amountMinor: AmountMinor,
      currency: Currency,
      paymentMethod: PaymentMethod,
    })
    .refine(
      ({ lines, amountMinor }) => totalMinorOf(lines) === amountMinor,
      'the amount is not what the lines cost',
    ),
  prepares: z.object({ paymentIntentId: ProviderId }),
  keeps: ['lines', 'amountMinor', 'currency'],
  voided: 'payment.voided',
  resolved: 'payment.resolved',
  action: CustomerAction,
  observes: Observed,
  names: {
    asking: 'CHARGING',
    awaiting: 'AWAITING_CUSTOMER',
    abandoning: 'VOIDING',
    done: 'CAPTURED',
    refused: 'DECLINED',
    undoing: 'REFUNDING',
    undone: 'REFUNDED',
    void: 'VOIDED',
    answers: {
      prepared: 'intent.created',
      done: 'charge.captured',
      refused: 'charge.declined',
      pending: 'provider.undecided',
      waits: 'charge.challenged',
      revoked: 'charge.revoked',
      undone: 'refund.succeeded',
      impasse: 'refund.refused',
      observed: 'charge.observed',
      recalled: 'charge.recalled',
    },
  },
});

/** The payment provider charges and refunds, all by the id of the payment intent. */
export type Provider = NonNullable<(typeof charging)['outside']>;
