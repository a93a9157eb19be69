import * as z from 'zod';
import type { Table } from '../runtime/record.ts';
import { PaymentDecline, PaymentMethod } from '../saga/events.ts';
import { CustomerId } from '../saga/ids.ts';
import { AmountMinor, Currency } from '../saga/money.ts';
import type { Payment } from './decide.ts';

const charge = { customerId: CustomerId, amountMinor: AmountMinor, currency: Currency };
const paymentIntentId = z.string();

export const payments: Table<Payment> = {
  key: (orderId) => orderId,

  schema: z.discriminatedUnion('status', [
    z.object({ ...charge, status: z.enum(['CHARGING', 'VOIDING']), paymentMethod: PaymentMethod }),
    z.object({ ...charge, status: z.enum(['CAPTURED', 'REFUNDING']), paymentIntentId }),
    z.object({ ...charge, status: z.literal('REFUNDED'), paymentIntentId, refundId: z.string() }),
    z.object({ ...charge, status: z.literal('DECLINED'), decline: PaymentDecline }),
    z.object({ customerId: CustomerId, status: z.literal('VOIDED') }),
  ]),
};
