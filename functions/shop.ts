import type { FactOf } from '../engine/saga/declaration.ts';
import { defineSaga } from '../engine/saga/define-saga.ts';
import type { SagaId } from '../engine/saga/ids.ts';
import { events } from './events.ts';
import { listenerFor, subscribersFrom } from './subscribers.ts';

/** Who is told how orders end. */
export const subscribers = subscribersFrom(process.env.WEBHOOK_SUBSCRIBERS);

/**
 * The whole choreography: the events each participant says and consumes, and the events that confirm an order.
 * Exchanges, queues, bindings, users, tables, functions and compensations are derived from it.
 */
export const shop = defineSaga({
  name: 'order-saga',
  id: { prefix: 'ord', name: 'orderId' },
  owner: 'customerId',
  // Takes stock, and receives goods.
  roles: ['stock'],
  completes: ['payment.captured'],
  events,
  participants: {
    order: {
      begins: 'order.placed',
      cancels: 'order.cancelling',
      succeeds: 'order.confirmed',
      fails: 'order.cancelled',
    },
    inventory: {
      consumes: ['order.placed'],
      says: { 'stock.reserved': 'step', 'stock.rejected': 'failure', 'stock.released': 'compensation' },
      record: 'reservation',
      indexes: [
        { name: 'catalogue', partition: { name: 'catalogue', type: 'S' }, sort: { name: 'sku', type: 'S' } },
      ],
    },
    payment: {
      consumes: ['stock.reserved'],
      says: {
        'payment.captured': 'step',
        'payment.challenged': 'wait',
        'payment.declined': 'failure',
        'payment.voided': 'compensation',
        'payment.refunded': 'compensation',
        'payment.unrefundable': 'impasse',
        'payment.resolved': 'compensation',
      },
      record: 'payment',
      secrets: ['stripe', 'stripe-webhook'],
    },
    // Only if there are subscribers.
    ...listenerFor(subscribers),
  },
});

export type EventType = (typeof shop.eventTypes)[number];
export type Service = (typeof shop.services)[number];
export type Fact<T extends EventType = EventType> = FactOf<typeof shop.events, T>;
export type EventData<T extends EventType> = Fact<T>['data'];

/** An order's id, derived from the customer and the customer's idempotency key. */
export const OrderId = shop.id.schema;
export type OrderId = SagaId;
