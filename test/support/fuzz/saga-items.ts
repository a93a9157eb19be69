import type * as z from 'zod';
import { next, toItem } from '../../../engine/batch/record.ts';
import type { Item } from '../../../engine/batch/store.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import type { Table } from '../../../engine/saga/table.ts';
import type { CustomerId } from '../../../functions/ids.ts';
import type { Reservation } from '../../../functions/inventory/decide.ts';
import { reservations } from '../../../functions/inventory/table.ts';
import { orders } from '../../../functions/order/table.ts';
import { payments } from '../../../functions/payment/table.ts';
import { type OrderId, shop } from '../../../functions/shop.ts';
import {
  customerId,
  facts,
  items as lines,
  orderIdOf,
  paymentMethod,
  pricedItems,
  resolution,
} from '../facts.ts';
import { NOW_MS } from './strict-edges.ts';

const money = { amountMinor: 3_500, currency: 'EUR' };
const decline = { code: 'card_declined', message: 'Your card was declined.' };

function item<State extends { readonly status: string }>(
  table: Table<State>,
  orderId: OrderId,
  state: State,
): Item {
  const outbox = [
    JSON.stringify(seal(shop, facts['order.placed'], { sagaId: orderId, nowMs: NOW_MS - 1_000 })),
  ];
  const step = { sagaId: orderId, state, outbox, because: 'given', nowMs: NOW_MS - 1_000 };
  return toItem(table, next(table, undefined, step));
}

const placed = (owner: CustomerId) => ({
  customerId: owner,
  items: lines,
  paymentMethod,
  fingerprint: 'f',
  createdAtMs: NOW_MS - 2_000,
});

type Order = z.infer<typeof orders.schema>;

export const orderItem = (orderId: OrderId, status: Order['status'], owner = customerId): Item => {
  const base = placed(owner);
  const reason = { code: 'CUSTOMER' } as const;
  const states: { readonly [S in Order['status']]: Extract<Order, { status: S }> } = {
    PENDING: { ...base, status: 'PENDING', answered: [] },
    CONFIRMED: { ...base, status: 'CONFIRMED', totalMinor: 3_500, currency: 'EUR' },
    CANCELLING: { ...base, status: 'CANCELLING', reason, failure: 'order.cancelling', answered: [] },
    CANCELLED: { ...base, status: 'CANCELLED', reason },
  };
  return item(orders, orderId, states[status]);
};

export const reservationItem = (
  orderId: OrderId,
  status: Reservation['status'],
  owner = customerId,
): Item => {
  const states: { readonly [S in Reservation['status']]: Extract<Reservation, { status: S }> } = {
    RESERVED: {
      customerId: owner,
      status: 'RESERVED',
      lines: pricedItems,
      totalMinor: 3_500,
      currency: 'EUR',
    },
    REJECTED: { customerId: owner, status: 'REJECTED', rejection: { code: 'OUT_OF_STOCK', skus: [] } },
    RELEASED: { customerId: owner, status: 'RELEASED', lines },
  };
  return item<Reservation>(reservations, orderId, states[status]);
};

type PaymentStatus =
  | 'CHARGING'
  | 'AWAITING_CUSTOMER'
  | 'VOIDING'
  | 'CAPTURED'
  | 'REFUNDING'
  | 'REFUNDED'
  | 'RESOLVED'
  | 'DECLINED'
  | 'VOIDED';

export const paymentItem = (orderId: OrderId, status: PaymentStatus, owner = customerId): Item => {
  const base = { customerId: owner, lines: pricedItems, ...money };
  const paymentIntentId = 'pi_1';
  const action = { clientSecret: 'pi_1_secret_1', call: 'stripe.handleNextAction({ clientSecret })' };
  const states: Readonly<Record<PaymentStatus, z.infer<typeof payments.schema>>> = {
    CHARGING: { ...base, status: 'CHARGING', paymentMethod, paymentIntentId },
    AWAITING_CUSTOMER: { ...base, status: 'AWAITING_CUSTOMER', paymentMethod, paymentIntentId, action },
    VOIDING: { ...base, status: 'VOIDING', paymentMethod, paymentIntentId },
    CAPTURED: { ...base, status: 'CAPTURED', paymentIntentId },
    REFUNDING: { ...base, status: 'REFUNDING', paymentIntentId },
    REFUNDED: { ...base, status: 'REFUNDED', paymentIntentId, refundId: 're_1' },
    RESOLVED: { ...base, status: 'RESOLVED', paymentIntentId, resolution },
    DECLINED: { ...base, status: 'DECLINED', decline },
    VOIDED: { customerId: owner, status: 'VOIDED' },
  };
  // What cannot be read is no item that a function would meet.
  return item(payments, orderId, payments.schema.parse(states[status]));
};

export const stockItem = (sku: string): Item => ({
  pk: `SKU#${sku}`,
  sku,
  available: 1_000_000_000,
  unitPriceMinor: 1,
  currency: 'EUR',
  stocktakenAt: '2026-01-01T00:00:00.000Z',
});

/** One order in each status of a service, numbered from `first`. */
export const oneInEach = <Status>(
  statuses: readonly Status[],
  first: number,
  make: (orderId: OrderId, status: Status) => Item,
): readonly Item[] => statuses.map((status, index) => make(orderIdOf(first + index), status));
