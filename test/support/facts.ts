import { CallerId } from '../../engine/saga/ids.ts';
import { CustomerId, Sku } from '../../functions/ids.ts';
import { type EventType, type Fact, OrderId } from '../../functions/shop.ts';

export const customerId = CustomerId.parse('customer-1');
export const sku = (name: string): Sku => Sku.parse(name);
export const orderIdOf = (number: number): OrderId =>
  OrderId.parse(`ord_${String(number).padStart(24, '0')}`);

export const line = (name: string, quantity: number) => ({ sku: sku(name), quantity });

const money = { amountMinor: 3_500, currency: 'EUR' };
export const paymentMethod = 'pm_card_visa';
export const items = [line('mug', 2), line('pen', 1)];
export const pricedItems = [
  { ...line('mug', 2), unitPriceMinor: 1_500 },
  { ...line('pen', 1), unitPriceMinor: 500 },
];

/** What an operator says who has given money back by hand. */
export const resolution = {
  by: CallerId.parse('operator-1'),
  reason: 'paid by bank transfer',
  proof: 'transfer 7',
};

/** The shop's own events. A participant that is added tests its events itself. */
export const knownTypes = [
  ...(['order.placed', 'order.cancelling', 'order.confirmed', 'order.cancelled'] as const),
  ...(['stock.reserved', 'stock.rejected', 'stock.released'] as const),
  ...(['payment.captured', 'payment.challenged', 'payment.declined', 'payment.voided'] as const),
  ...(['payment.refunded', 'payment.unrefundable', 'payment.resolved'] as const),
] satisfies readonly EventType[];
export type KnownType = (typeof knownTypes)[number];

/** One fact of every type, all about the same order. */
export const facts: { readonly [T in KnownType]: Fact<T> } = {
  'order.placed': { type: 'order.placed', data: { customerId, items, paymentMethod } },
  'stock.reserved': {
    type: 'stock.reserved',
    data: { customerId, lines: pricedItems, ...money, paymentMethod },
  },
  'payment.captured': {
    type: 'payment.captured',
    data: { customerId, lines: pricedItems, ...money, paymentIntentId: 'pi_1' },
  },
  'stock.rejected': {
    type: 'stock.rejected',
    data: { customerId, code: 'OUT_OF_STOCK', skus: [sku('mug')] },
  },
  'payment.declined': {
    type: 'payment.declined',
    data: { customerId, decline: { code: 'card_declined', message: 'Your card was declined.' } },
  },
  'order.cancelling': { type: 'order.cancelling', data: { customerId, cause: 'CUSTOMER' } },
  'stock.released': { type: 'stock.released', data: { lines: items } },
  'payment.challenged': { type: 'payment.challenged', data: { customerId, waitingFor: 'customer' } },
  'payment.voided': { type: 'payment.voided', data: {} },
  'payment.refunded': { type: 'payment.refunded', data: { ...money, refundId: 're_1' } },
  'payment.unrefundable': {
    type: 'payment.unrefundable',
    data: { waitingFor: 'person', reason: 'charge_disputed' },
  },
  'payment.resolved': { type: 'payment.resolved', data: { ...money, resolution } },
  'order.confirmed': { type: 'order.confirmed', data: { customerId, items, ...money } },
  'order.cancelled': { type: 'order.cancelled', data: { customerId, code: 'CUSTOMER' } },
};
