import { fromItem, next, toItem } from '../../../engine/batch/record.ts';
import type { Item } from '../../../engine/batch/store.ts';
import type { Table } from '../../../engine/saga/table.ts';
import type { Reservation } from '../../../functions/inventory/decide.ts';
import { reservations } from '../../../functions/inventory/table.ts';
import { orders } from '../../../functions/order/table.ts';
import { payments } from '../../../functions/payment/table.ts';
import type { Sides } from '../../../functions/reconciliation/run.ts';
import type { OrderId } from '../../../functions/shop.ts';
import { providerBooks } from '../../simulation/shop/provider-books.ts';
import { Clock } from '../../simulation/world/clock.ts';
import { PaymentProvider } from '../../simulation/world/provider.ts';
import { customerId, items, orderIdOf, paymentMethod, pricedItems } from '../facts.ts';
import { MemoryStore } from '../memory-store.ts';

const HOUR_MS = 3_600_000;
export const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z');
export const PRICE = { amountMinor: 3_500, currency: 'EUR' };

/** Orders that have ended, with what every service and the provider have of them. Its clock moves by hand. */
export class ShopAtRest {
  readonly clock = new Clock(BEGIN_MS);
  readonly provider = new PaymentProvider(this.clock);
  readonly tables = { order: new MemoryStore(), inventory: new MemoryStore(), payment: new MemoryStore() };

  get sides(): Sides {
    return { tables: this.tables, books: providerBooks(this.provider), now: () => this.clock.nowMs };
  }

  /** Everything that ever happened here, long ago. */
  get window() {
    return { fromMs: BEGIN_MS - HOUR_MS, toMs: this.clock.nowMs, cursor: { source: 'provider' as const } };
  }

  /** One that is paid and reserved. Returns its id and its intent's. */
  confirmed(number: number): { readonly orderId: OrderId; readonly intentId: string } {
    const orderId = orderIdOf(number);
    const intentId = this.charged(orderId);
    this.order(orderId, { status: 'CONFIRMED', totalMinor: PRICE.amountMinor, currency: PRICE.currency });
    this.reservation(orderId, {
      ...{ customerId, status: 'RESERVED', lines: pricedItems },
      ...{ totalMinor: PRICE.amountMinor, currency: PRICE.currency },
    });
    this.payment(orderId, { status: 'CAPTURED', paymentIntentId: intentId });
    return { orderId, intentId };
  }

  /** One that was charged and given back. */
  refunded(number: number): { readonly orderId: OrderId; readonly intentId: string } {
    const orderId = orderIdOf(number);
    const intentId = this.charged(orderId);
    const { id: refundId } = this.provider.refund(intentId, undefined);
    this.order(orderId, { status: 'CANCELLED', reason: { code: 'CUSTOMER' } });
    this.reservation(orderId, { customerId, status: 'RELEASED', lines: items });
    this.payment(orderId, { status: 'REFUNDED', paymentIntentId: intentId, refundId });
    return { orderId, intentId };
  }

  charged(orderId: string, amount = PRICE.amountMinor): string {
    const wanted = { orderId, amount, currency: PRICE.currency.toLowerCase(), paymentMethod };
    return this.provider.confirm(this.provider.create(wanted).id).id;
  }

  order(orderId: OrderId, members: object): void {
    const placed = { customerId, items, paymentMethod, fingerprint: 'f', createdAtMs: this.clock.nowMs };
    this.#put('order', orders as Table<never>, orderId, { ...placed, ...members });
  }

  reservation(orderId: OrderId, state: Reservation): void {
    this.#put('inventory', reservations as Table<never>, orderId, state);
  }

  payment(orderId: OrderId, members: object): void {
    this.#put('payment', payments as Table<never>, orderId, {
      customerId,
      lines: pricedItems,
      ...PRICE,
      ...members,
    });
  }

  /** Long enough for all of it to be looked at. */
  rest(): void {
    this.clock.advance(2 * HOUR_MS);
  }

  /** One more step, if there is a record. */
  #put(service: keyof ShopAtRest['tables'], table: Table<never>, sagaId: OrderId, state: object): void {
    const nowMs = this.clock.nowMs;
    const step = { sagaId, state: state as never, outbox: [], because: 'given', nowMs };
    const { items } = this.tables[service];
    const before = items.get(table.key(sagaId));
    const item: Item = toItem(table, next(table, before && fromItem(table, before), step));
    items.set(item.pk, item);
  }
}
