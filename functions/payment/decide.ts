/** The payment's request and the members its record keeps. The engine has the states (`external-decision.ts`). */
import * as z from 'zod';
import { externalStep } from '../../engine/saga/external-step.ts';
import { PaymentMethod } from '../events.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';

/** The step that charges for an order, and voids or refunds the charge. */
export const charging = externalStep(shop, 'payment', {
  asks: z.object({ amountMinor: AmountMinor, currency: Currency, paymentMethod: PaymentMethod }),
  keeps: ['amountMinor', 'currency'],
  voided: 'payment.voided',
  names: {
    asking: 'CHARGING',
    abandoning: 'VOIDING',
    done: 'CAPTURED',
    refused: 'DECLINED',
    undoing: 'REFUNDING',
    undone: 'REFUNDED',
    void: 'VOIDED',
    answers: { done: 'charge.captured', refused: 'charge.declined', undone: 'refund.succeeded' },
  },
});

/** The payment provider charges and refunds. Its calls carry an idempotency key made of the order's id. */
export type Provider = NonNullable<(typeof charging)['outside']>;
