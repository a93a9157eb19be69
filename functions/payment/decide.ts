/** The payment's request and the members its record keeps. The engine has the states (`external-decision.ts`). */
import * as z from 'zod';
import { externalStep } from '../../engine/saga/external-step.ts';
import { PaymentMethod, PricedLines, Text, totalMinorOf } from '../events.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';

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
  prepares: z.object({ paymentIntentId: Text }),
  keeps: ['lines', 'amountMinor', 'currency'],
  voided: 'payment.voided',
  names: {
    asking: 'CHARGING',
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
      revoked: 'charge.revoked',
      undone: 'refund.succeeded',
    },
  },
});

/** The payment provider charges and refunds, all by the id of the payment intent. */
export type Provider = NonNullable<(typeof charging)['outside']>;
