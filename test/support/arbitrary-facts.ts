import fc from 'fast-check';
import { MAX_QUANTITY, totalMinorOf } from '../../functions/events.ts';
import { CustomerId, Sku } from '../../functions/ids.ts';
import { MAX_AMOUNT_MINOR } from '../../functions/money.ts';
import { type EventData, type Fact, OrderId } from '../../functions/shop.ts';
import { type KnownType, knownTypes, pricedItems, resolution } from './facts.ts';

const text = fc.string({ maxLength: 30, unit: 'binary' });

export const anyOrderId = fc.stringMatching(/^ord_[A-Za-z0-9_-]{24}$/).map((id) => OrderId.parse(id));
export const anyCustomerId = fc
  .string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' })
  .map((id) => CustomerId.parse(id));
const anySku = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/).map((name) => Sku.parse(name));

export const anyLines = fc.uniqueArray(
  fc.record({ sku: anySku, quantity: fc.integer({ min: 1, max: MAX_QUANTITY }) }),
  { minLength: 1, maxLength: 8, selector: ({ sku }) => sku },
);

const amountMinor = fc.integer({ min: 1, max: MAX_AMOUNT_MINOR });
const money = { amountMinor, currency: fc.stringMatching(/^[A-Z]{3}$/) };
const paymentMethod = fc.stringMatching(/^[A-Za-z0-9_]{1,30}$/);
const pricedLines = anyLines.chain((lines) =>
  fc.tuple(...lines.map((line) => amountMinor.map((unitPriceMinor) => ({ ...line, unitPriceMinor })))),
);

export const anyDecline = fc.record(
  { code: text, declineCode: text, message: text },
  { requiredKeys: ['code', 'message'] },
);

/** The whole range of each event's data. */
const dataOf: { readonly [T in KnownType]: fc.Arbitrary<EventData<T>> } = {
  'order.placed': fc.record({ customerId: anyCustomerId, items: anyLines, paymentMethod }),
  'stock.reserved': fc.record({ customerId: anyCustomerId, lines: pricedLines, ...money, paymentMethod }),
  // For what was ordered: an order refuses anything else.
  'payment.captured': fc.record({
    ...money,
    customerId: anyCustomerId,
    lines: fc.constant(pricedItems),
    amountMinor: fc.constant(totalMinorOf(pricedItems)),
    paymentIntentId: text,
  }),
  'stock.rejected': fc.record({
    customerId: anyCustomerId,
    code: fc.constantFrom('OUT_OF_STOCK', 'UNKNOWN_SKU', 'MIXED_CURRENCIES', 'AMOUNT_TOO_LARGE'),
    skus: fc.array(anySku, { maxLength: 5 }),
  }),
  'payment.declined': fc.record({ customerId: anyCustomerId, decline: anyDecline }),
  'order.cancelling': fc.record({ customerId: anyCustomerId, cause: text }),
  'stock.released': fc.record({ lines: anyLines }),
  'payment.voided': fc.constant({}),
  'payment.refunded': fc.record({ ...money, refundId: text }),
  'payment.challenged': fc.record({
    customerId: anyCustomerId,
    waitingFor: fc.constant('customer' as const),
  }),
  'payment.unrefundable': fc.record({ waitingFor: fc.constant('person' as const), reason: text }),
  'payment.resolved': fc.record({ ...money, resolution: fc.constant(resolution) }),
  'order.confirmed': fc.record({ customerId: anyCustomerId, items: anyLines, ...money }),
  'order.cancelled': fc.record({ customerId: anyCustomerId, code: text }),
};

export const factOf = <T extends KnownType>(type: T): fc.Arbitrary<Fact<T>> =>
  (dataOf[type] as fc.Arbitrary<EventData<T>>).map((data) => ({ type, data }) as Fact<T>);

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(...knownTypes.map((type) => factOf(type)));
