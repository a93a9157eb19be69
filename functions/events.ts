import * as z from 'zod';
import { v1 } from '../engine/saga/event-definition.ts';
import { Resolution } from '../engine/saga/external-state.ts';
import { UnicodeText } from '../engine/saga/ids.ts';
import { impersonal, personal, pseudonymous } from '../engine/saga/personal-data.ts';
import { CustomerId, Sku } from './ids.ts';
import { AmountMinor, Currency } from './money.ts';

/** One order is reserved in one DynamoDB transaction of at most 100 items: the reservation and its lines. */
export const MAX_LINES = 50;
export const MAX_QUANTITY = 10_000;

export const Line = z.object({ sku: Sku, quantity: z.int().min(1).max(MAX_QUANTITY) });
export type Line = Readonly<z.infer<typeof Line>>;

export const hasNoSkuTwice = (lines: readonly Line[]): boolean =>
  new Set(lines.map(({ sku }) => sku)).size === lines.length;

export const Lines = z
  .array(Line)
  .min(1)
  .max(MAX_LINES)
  .refine(hasNoSkuTwice, 'each SKU may appear once')
  .readonly()
  .meta(personal);

export const PricedLine = Line.extend({ unitPriceMinor: AmountMinor });
export type PricedLine = Readonly<z.infer<typeof PricedLine>>;

export const PricedLines = z.array(PricedLine).min(1).max(MAX_LINES).readonly().meta(personal);

/** What lines cost, in minor units. */
export const totalMinorOf = (lines: readonly PricedLine[]): number =>
  lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);

export const PaymentMethod = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,128}$/, 'must be a payment method id, for example pm_card_visa')
  .meta(personal);

const Money = { amountMinor: AmountMinor, currency: Currency };

/** The amount is what the lines cost. */
const priced = {
  customerId: 'alice',
  lines: [{ sku: 'mug-blue', quantity: 2, unitPriceMinor: 1_290 }],
  amountMinor: 2_580,
  currency: 'EUR',
};

/** Why a reservation was refused, and which SKUs were the cause. */
export const StockRejection = z.object({
  code: z
    .enum(['OUT_OF_STOCK', 'QUANTITY_LIMIT', 'UNKNOWN_SKU', 'MIXED_CURRENCIES', 'AMOUNT_TOO_LARGE'])
    .meta(impersonal),
  skus: z.array(Sku).max(MAX_LINES).readonly().meta(personal),
});
export type StockRejection = z.infer<typeof StockRejection>;

/** Bounds a provider's texts, so no record outgrows an item's limit of 400 KB. */
const MAX_TEXT_LENGTH = 500;
export const Text = UnicodeText.max(MAX_TEXT_LENGTH);

export const PaymentDecline = z
  .object({ code: Text, declineCode: Text.optional(), message: Text })
  .meta(personal);
export type PaymentDecline = z.infer<typeof PaymentDecline>;

/** What Stripe calls something, in its own books. */
export const ProviderId = Text.meta(pseudonymous);
/** One of the words that a program says. */
const Code = Text.meta(impersonal);

/**
 * The data of every event of the saga, by event type. Unknown members are dropped and not refused, so an event may
 * gain optional members. Any other change needs a new version: stored events are published again as they were.
 */
export const events = {
  'order.placed': v1(z.object({ customerId: CustomerId, items: Lines, paymentMethod: PaymentMethod })),
  'stock.reserved': v1(
    z
      .object({ customerId: CustomerId, lines: PricedLines, ...Money, paymentMethod: PaymentMethod })
      .meta({ examples: [{ ...priced, paymentMethod: 'pm_card_visa' }] }),
  ),
  'payment.captured': v1(
    z
      .object({ customerId: CustomerId, lines: PricedLines, ...Money, paymentIntentId: ProviderId })
      .meta({ examples: [{ ...priced, paymentIntentId: 'pi_1' }] }),
  ),
  'stock.rejected': v1(StockRejection.extend({ customerId: CustomerId })),
  'payment.declined': v1(z.object({ customerId: CustomerId, decline: PaymentDecline })),
  'order.cancelling': v1(z.object({ customerId: CustomerId, cause: Code })),
  'stock.released': v1(z.object({ lines: z.array(Line).max(MAX_LINES).readonly().meta(personal) })),
  'payment.challenged': v1(
    z.object({ customerId: CustomerId, waitingFor: z.literal('customer').meta(impersonal) }),
  ),
  'payment.voided': v1(z.object({})),
  'payment.refunded': v1(z.object({ ...Money, refundId: ProviderId })),
  'payment.unrefundable': v1(z.object({ waitingFor: z.literal('person').meta(impersonal), reason: Code })),
  'payment.resolved': v1(z.object({ ...Money, resolution: Resolution })),
  'order.confirmed': v1(z.object({ customerId: CustomerId, items: Lines, ...Money })),
  'order.cancelled': v1(z.object({ customerId: CustomerId, code: Code })),
} as const;
