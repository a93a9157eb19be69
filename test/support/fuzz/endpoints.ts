import fc from 'fast-check';
import { auditEntry } from '../../../engine/audit/entry.ts';
import type { Item } from '../../../engine/batch/store.ts';
import type { DeadLetterQueues } from '../../../engine/dead-letters/dead-letter-queues.ts';
import { deadLetters } from '../../../engine/dead-letters/dead-letters.ts';
import { auditReader } from '../../../engine/http/audit-reader.ts';
import type { HttpFunction } from '../../../engine/http/http.ts';
import { encodeCursor } from '../../../engine/http/paging.ts';
import { recordReader } from '../../../engine/http/record-reader.ts';
import { resolving } from '../../../engine/http/resolving.ts';
import { cancelling } from '../../../engine/initiator/cancel.ts';
import { nudging } from '../../../engine/initiator/nudge-now.ts';
import { listing, reading } from '../../../engine/initiator/read.ts';
import { type ForeignId, lookingUp } from '../../../engine/insight/look-up.ts';
import { sagasReader } from '../../../engine/insight/sagas-reader.ts';
import type { Views } from '../../../engine/insight/seen.ts';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';
import { chargeableCurrencies } from '../../../functions/currencies.ts';
import { handler as health } from '../../../functions/health/get.ts';
import { CustomerId, Sku } from '../../../functions/ids.ts';
import { getStock } from '../../../functions/inventory/get-stock.ts';
import { inventory } from '../../../functions/inventory/inventory.ts';
import { listStock } from '../../../functions/inventory/list-stock.ts';
import { putStock } from '../../../functions/inventory/put-stock.ts';
import { receiveStock } from '../../../functions/inventory/receive-stock.ts';
import { catalogueEntry } from '../../../functions/inventory/table.ts';
import { order } from '../../../functions/order/order.ts';
import { place } from '../../../functions/order/place.ts';
import { charging, type Provider } from '../../../functions/payment/decide.ts';
import { payment } from '../../../functions/payment/payment.ts';
import { tables } from '../../../functions/privacy/tables.ts';
import { type Service, shop } from '../../../functions/shop.ts';
import { anyLines } from '../arbitrary-facts.ts';
import { orderIdOf } from '../facts.ts';
import type { Call } from './http-calls.ts';
import { oneInEach, orderItem, paymentItem, reservationItem, stockItem } from './saga-items.ts';
import { NOW_MS, type StrictEdges } from './strict-edges.ts';

export type Handler = HttpFunction;

/** A function of the API, and the answers it must give. */
export interface Endpoint extends Call {
  readonly handler: (edges: StrictEdges, deadLetterQueues: DeadLetterQueues) => Handler;
  readonly given: readonly Item[];
  /** The statuses of a correct request; which one depends on the stored items. */
  readonly accepts: readonly number[];
  /** The statuses that at least one of many requests must get. */
  readonly answers: readonly number[];
}

const somebodyElse = CustomerId.parse('customer-2');
/** Another customer's order. Hostile requests ask for it too. */
export const othersOrder = orderIdOf(50);
const items: readonly Item[] = [
  ...oneInEach(['PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED'] as const, 1, orderItem),
  ...oneInEach(['RESERVED', 'REJECTED', 'RELEASED', 'RESERVED'] as const, 1, reservationItem),
  orderItem(othersOrder, 'PENDING', somebodyElse),
  reservationItem(othersOrder, 'RESERVED', somebodyElse),
  ...['mug', 'pen'].flatMap((sku) => [stockItem(sku), catalogueEntry(Sku.parse(sku))]),
];
const paymentItems: readonly Item[] = [
  ...oneInEach(['CAPTURED', 'CHARGING', 'DECLINED', 'VOIDED'] as const, 1, paymentItem),
  paymentItem(othersOrder, 'CAPTURED', somebodyElse),
];

const own = {
  role: 'customer',
  parameters: fc.integer({ min: 1, max: 4 }).map((number) => ({ orderId: orderIdOf(number) })),
  given: items,
  accepts: [200],
  answers: [200, 403, 404, 503],
} as const;

const paged = (cursor: fc.Arbitrary<string>) =>
  fc.record({ limit: fc.integer({ min: 1, max: 100 }).map(String), cursor }, { requiredKeys: [] });

const orderCursor = fc
  .nat(9)
  .map((number) => encodeCursor({ orderId: orderIdOf(number), createdAtMs: NOW_MS - 2_000 }));
const stockCursor = fc.constantFrom('mug', 'aaa', 'zzz').map((sku) => encodeCursor({ sku }));

const orderEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/orders',
    role: 'customer',
    body: fc.record({ items: anyLines, paymentMethod: fc.stringMatching(/^pm_[A-Za-z0-9_]{1,12}$/) }),
    isKeyed: true,
    handler: (edges) => place(edges),
    given: items,
    accepts: [202],
    answers: [202, 400, 403, 413, 415, 422, 503],
  },
  {
    method: 'GET',
    path: '/orders',
    role: 'customer',
    query: paged(orderCursor),
    handler: (edges) => listing(order, edges),
    given: items,
    accepts: [200],
    answers: [200, 400, 403, 503],
  },
  { ...own, method: 'GET', path: '/orders/{orderId}', handler: (edges) => reading(order, edges) },
  {
    ...own,
    method: 'GET',
    path: '/orders/{orderId}/reservation',
    handler: (edges) => recordReader(inventory, edges),
  },
  {
    ...own,
    method: 'GET',
    path: '/orders/{orderId}/payment',
    handler: (edges) => recordReader(charging, edges),
    given: paymentItems,
  },
  {
    ...own,
    method: 'POST',
    path: '/orders/{orderId}/cancel',
    handler: (edges) => cancelling(order, edges),
    accepts: [202, 409],
    answers: [202, 403, 404, 409, 503],
  },
];

const product = {
  parameters: fc.constantFrom('mug', 'pen').map((sku) => ({ sku })),
  given: items,
  accepts: [200],
} as const;

const stockEndpoints: readonly Endpoint[] = [
  {
    ...product,
    method: 'PUT',
    path: '/stock/{sku}',
    role: 'operator',
    body: fc.record({
      available: fc.integer({ min: 0, max: 1_000_000_000 }),
      // A multiple of every currency's smallest step.
      unitPriceMinor: fc.integer({ min: 1, max: 999_999 }).map((hundreds) => hundreds * 100),
      currency: fc.constantFrom(...chargeableCurrencies),
      reason: fc.constant('counted'),
    }),
    handler: putStock,
    answers: [200, 400, 403, 413, 415, 422, 503],
  },
  {
    ...product,
    method: 'POST',
    path: '/stock/{sku}/receipts',
    role: 'operator',
    body: fc.record({ quantity: fc.integer({ min: 1, max: 1_000_000 }) }),
    isKeyed: true,
    handler: receiveStock,
    answers: [200, 400, 403, 404, 413, 415, 422, 503],
  },
  {
    ...product,
    method: 'GET',
    path: '/stock/{sku}',
    role: 'customer',
    handler: getStock,
    answers: [200, 404, 503],
  },
  {
    method: 'GET',
    path: '/stock',
    role: 'customer',
    query: paged(stockCursor),
    handler: listStock,
    given: items,
    accepts: [200],
    answers: [200, 400, 503],
  },
];

/** All tables are one here: what is no record of theirs is unreadable to the others. */
const viewsIn = ({ store }: StrictEdges): Views => {
  const [initiator, ...others] = shop.services.map((service) => ({ service, table: tables[service], store }));
  return { initiator: initiator as Views['initiator'], others };
};
const deadlineMs = () => 900_000;
const knowing: ForeignId = { of: 'payment intent', pattern: /^pi_/, find: async () => orderIdOf(1) };

const insightEndpoints: readonly Endpoint[] = [
  {
    ...own,
    method: 'GET',
    path: '/orders/{orderId}/timeline',
    handler: (edges) => timelineReader(shop, viewsIn(edges), { now: edges.now, deadlineMs }),
  },
  {
    ...own,
    method: 'POST',
    path: '/orders/{orderId}/nudge',
    role: 'operator',
    body: fc.record(
      { dryRun: fc.boolean(), reason: fc.constant('asked on the phone') },
      { requiredKeys: ['reason'] },
    ),
    handler: (edges) => nudging(order, edges, deadlineMs),
    accepts: [200, 409],
    answers: [200, 400, 403, 404, 409, 413, 415, 422, 503],
  },
  {
    method: 'GET',
    path: '/sagas',
    role: 'operator',
    query: fc.record(
      {
        limit: fc.integer({ min: 1, max: 100 }).map(String),
        status: fc.constantFrom('PENDING', 'CANCELLING'),
        olderThan: fc.constantFrom('0s', '15m', '3d'),
        reason: fc.constantFrom('CUSTOMER', 'DEADLINE'),
        service: fc.constantFrom(...shop.services),
        cursor: fc.nat(7).map((shard) => encodeCursor({ shard: `due-${shard}` })),
      },
      { requiredKeys: [] },
    ),
    handler: (edges) => sagasReader({ saga: shop, views: viewsIn(edges), now: edges.now, deadlineMs }),
    given: items,
    accepts: [200],
    answers: [200, 400, 403, 503],
  },
  {
    method: 'GET',
    path: '/sagas/counts',
    role: 'operator',
    handler: (edges) => sagasReader({ saga: shop, views: viewsIn(edges), now: edges.now, deadlineMs }),
    given: items,
    accepts: [200],
    answers: [200, 403, 503],
  },
  {
    method: 'GET',
    path: '/sagas/ended',
    role: 'operator',
    query: fc.record(
      {
        day: fc.constantFrom('2026-11-30', '2026-01-01'),
        limit: fc.integer({ min: 1, max: 100 }).map(String),
        status: fc.constantFrom('CONFIRMED', 'CANCELLED'),
        reason: fc.constantFrom('CUSTOMER', 'DEADLINE'),
        cursor: fc.nat(7).map((shard) => encodeCursor({ [`2026-11-30 CONFIRMED ${shard}`]: '' })),
      },
      { requiredKeys: ['day'] },
    ),
    handler: (edges) => sagasReader({ saga: shop, views: viewsIn(edges), now: edges.now, deadlineMs }),
    given: items,
    accepts: [200],
    answers: [200, 400, 403, 503],
  },
  {
    method: 'GET',
    path: '/sagas/ended/counts',
    role: 'operator',
    query: fc.record({ day: fc.constantFrom('2026-11-30', '2026-01-01') }),
    handler: (edges) => sagasReader({ saga: shop, views: viewsIn(edges), now: edges.now, deadlineMs }),
    given: items,
    accepts: [200],
    answers: [200, 400, 403, 503],
  },
  {
    method: 'GET',
    path: '/lookup',
    role: 'operator',
    query: fc.record({
      id: fc.constantFrom(orderIdOf(1), `${orderIdOf(2)}:order.placed`, 'pi_1', orderIdOf(49), 'dp_1'),
    }),
    handler: (edges) => lookingUp(shop, viewsIn(edges), [knowing], { now: edges.now, deadlineMs }),
    given: items,
    accepts: [200, 404, 422],
    answers: [200, 400, 403, 404, 422, 503],
  },
];

/** Any of it, or none. */
const selection = {
  messageIds: fc.array(fc.constantFrom('a', orderIdOf(1)), { minLength: 1, maxLength: 3 }),
  digests: fc.array(fc.constant('0'.repeat(32)), { minLength: 1, maxLength: 2 }),
  type: fc.constantFrom('payment.captured', 'x'),
  first: fc.integer({ min: 1, max: 2_000 }),
};

const deadLetterEndpoints = (
  service: Service,
  given: readonly Item[],
  handler: Endpoint['handler'],
): readonly Endpoint[] => {
  const shared = { role: 'operator', handler, given, accepts: [200] } as const;
  return [
    {
      ...shared,
      method: 'GET',
      path: `/dead-letters/${service}`,
      query: paged(fc.constant(encodeCursor({ place: ' x', copies: 1 }))),
      answers: [200, 400, 403, 503],
    },
    {
      ...shared,
      method: 'POST',
      path: `/dead-letters/${service}/redrive`,
      body: fc.record(
        { dryRun: fc.boolean(), reason: fc.constant('mended'), ...selection },
        { requiredKeys: ['reason'] },
      ),
      // None of the named ones may be there.
      accepts: [200, 404],
      answers: [200, 400, 403, 404, 413, 415, 422, 503],
    },
    {
      ...shared,
      method: 'POST',
      path: `/dead-letters/${service}/discard`,
      body: fc.record(
        {
          dryRun: fc.boolean(),
          reason: fc.constant('sent by mistake'),
          reasonIncludes: fc.constant('reason'),
          ...selection,
        },
        { requiredKeys: ['reason', 'reasonIncludes'] },
      ),
      accepts: [200, 404],
      answers: [200, 400, 403, 404, 413, 415, 422, 503],
    },
  ];
};

const notAsked: Provider = {
  prepare: () => Promise.reject(new Error('not asked')),
  call: () => Promise.reject(new Error('not asked')),
  undo: () => Promise.reject(new Error('not asked')),
  observe: () => Promise.reject(new Error('not asked')),
};

const acts: readonly Item[] = [1, 2, 3].map((number) =>
  auditEntry(
    { by: 'olga', role: 'operator', requestId: `r${number}` },
    { act: 'stocktake', about: ['mug'], before: {}, after: { available: number }, reason: 'counted' },
    NOW_MS - number,
    String(number),
  ),
);

const staffEndpoints: readonly Endpoint[] = [
  {
    ...own,
    method: 'POST',
    path: '/orders/{orderId}/payment/resolve',
    role: 'operator',
    body: fc.record({ reason: fc.constant('paid by transfer'), proof: fc.constant('transfer 7') }),
    handler: (edges) => resolving(charging, edges),
    given: oneInEach(['REFUNDING', 'CAPTURED', 'RESOLVED', 'CHARGING'] as const, 1, paymentItem),
    accepts: [200, 409],
    answers: [200, 400, 403, 404, 409, 413, 415, 422, 503],
  },
  {
    method: 'GET',
    path: '/audit/inventory',
    role: 'operator',
    query: fc.record(
      {
        day: fc.constantFrom('2027-01-15', '2026-11-30'),
        by: fc.constantFrom('olga', 'oscar'),
        act: fc.constant('stocktake'),
        about: fc.constantFrom('mug', 'pen'),
        limit: fc.constantFrom('1', '2', '100'),
      },
      { requiredKeys: [] },
    ),
    handler: (edges) => auditReader(inventory, edges),
    given: acts,
    accepts: [200],
    answers: [200, 400, 403, 503],
  },
];

/** Every function behind API Gateway. */
export const endpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/health',
    role: 'customer',
    handler: () => health,
    given: [],
    accepts: [200],
    answers: [200],
  },
  ...orderEndpoints,
  ...insightEndpoints,
  ...stockEndpoints,
  ...staffEndpoints,
  ...deadLetterEndpoints('order', items, (edges, deadLetterQueues) =>
    deadLetters(order, edges, () => deadLetterQueues),
  ),
  ...deadLetterEndpoints('inventory', items, (edges, deadLetterQueues) =>
    deadLetters(inventory, edges, () => deadLetterQueues),
  ),
  ...deadLetterEndpoints('payment', paymentItems, (edges, deadLetterQueues) =>
    deadLetters(payment(notAsked), edges, () => deadLetterQueues),
  ),
];
