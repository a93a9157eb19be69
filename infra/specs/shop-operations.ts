import * as z from 'zod';
import { pageView } from '../../engine/http/page-view.ts';
import { Line, PricedLine } from '../../functions/events.ts';
import { ProductView, StockView } from '../../functions/inventory/view.ts';
import { OrderView } from '../../functions/order/view.ts';
import { shop } from '../../functions/shop.ts';
import { LogView } from '../../functions/webhooks/log.ts';
import {
  engineViews,
  ifNoneMatch,
  initiatorOperations,
  insightOperations,
  participantOperations,
  recordViews,
} from './engine-operations.ts';
import type { Described } from './openapi.ts';
import type { Operations } from './operation.ts';
import type { Route } from './routes.ts';

const OrderPage = pageView(OrderView);
const ProductPage = pageView(ProductView);
const views = engineViews(shop);

const named = {
  Order: OrderView,
  OrderPage,
  Product: ProductView,
  ProductPage,
  Stock: StockView,
  Line,
  PricedLine,
  ...views,
};

const tags = {
  orders: 'Orders, and what each service has recorded of them.',
  sagas: 'Where orders are, and why, for staff.',
  stock: 'Products, and what is on the shelf.',
  'dead-letters': 'Messages that a service could not handle.',
  audit: 'Who did what.',
  webhooks: 'What Stripe calls.',
  api: 'The API itself.',
};

const items = [{ sku: 'mug-blue', quantity: 2 }];
const at = '2026-01-01T00:00:00.000Z';
const order = {
  orderId: `ord_${'A'.repeat(24)}`,
  status: 'PENDING',
  items,
  createdAt: at,
  updatedAt: at,
};
const stock = { sku: 'mug-blue', available: 12, unitPriceMinor: 1_290, currency: 'EUR', stocktakenAt: at };
const product = { ...stock, availability: 'IN_STOCK' };

const lines = [{ sku: 'mug-blue', quantity: 2, unitPriceMinor: 1_290 }];
const recordExamples = {
  Reservation: {
    orderId: order.orderId,
    ...{ status: 'RESERVED', lines, totalMinor: 2_580, currency: 'EUR', updatedAt: at },
    history: [{ at, status: 'RESERVED', because: 'order.placed' }],
  },
  Payment: {
    orderId: order.orderId,
    ...{
      status: 'CAPTURED',
      lines,
      amountMinor: 2_580,
      currency: 'EUR',
      paymentIntentId: 'pi_1',
      updatedAt: at,
    },
    history: [
      { at, status: 'CHARGING', because: 'stock.reserved' },
      { at, status: 'CAPTURED', because: 'charge.captured' },
    ],
  },
};

const stockOperations: Operations = {
  'PUT /stock/{sku}': {
    summary: 'Take stock: set what is on the shelf, and the price',
    description: 'The number is set, whatever was there before. It does not count what is held for orders.',
    answers: { 200: { description: 'The stock.', schema: StockView, example: stock } },
    example: { available: 12, unitPriceMinor: 1_290, currency: 'EUR', reason: 'counted' },
  },
  'POST /stock/{sku}/receipts': {
    summary: 'Receive goods',
    description: 'They are added exactly once, however often the request is sent.',
    answers: { 200: { description: 'The stock.', schema: StockView, example: stock } },
    problems: ['not-found', 'idempotency-key-reused'],
    example: { quantity: 12 },
  },
  'GET /stock/{sku}': {
    summary: 'One product',
    answers: {
      200: { description: 'The product. Staff see the number.', schema: ProductView, example: product },
    },
    problems: ['not-found'],
  },
  'GET /stock': {
    summary: 'Every product, by SKU',
    answers: {
      200: { description: 'A page.', schema: ProductPage, example: { items: [product] } },
    },
  },
};

/** What there is only with subscribers, as all of the participant that tells them. */
const services: readonly string[] = shop.services;
const delivery = {
  subscriber: 'erp',
  webhookId: `${order.orderId}:order.confirmed`,
  ...{ status: 'DELIVERED', attempts: 2, resends: 0, begunAt: at, lastAttemptAt: at, deliveredAt: at },
};
const log = {
  200: {
    description: 'The deliveries to the subscribers.',
    schema: LogView,
    example: { orderId: order.orderId, deliveries: [delivery] },
  },
};
const webhookOperations: Operations = services.includes('webhooks')
  ? {
      'GET /orders/{orderId}/webhooks': {
        summary: 'What subscribers were told of the end of this order, and what came of it',
        answers: log,
        problems: ['not-found'],
      },
      'POST /orders/{orderId}/webhooks/resend': {
        summary: 'Tell subscribers again how this order ended, under the same id',
        description: 'Once, to the one that the body names or to all that were told. The answer is the log.',
        answers: log,
        problems: ['not-found', 'conflict'],
        example: { reason: 'their server had lost it', subscriber: 'erp' },
      },
    }
  : {};

/** What describes the API itself. */
const served = (what: string, schema: z.ZodType, contentType: string) => ({
  tag: 'api',
  answers: {
    200: { description: what, schema, contentType, headers: ['ETag', 'Cache-Control'] as const },
    304: { description: 'It is what the caller has.', headers: ['ETag', 'Cache-Control'] as const },
  },
  parameters: [ifNoneMatch],
});

const operations: Operations = {
  'GET /openapi.json': {
    summary: 'What the calls are, for programs',
    ...served('This document.', z.looseObject({ openapi: z.string() }), 'application/json'),
  },
  'GET /asyncapi.json': {
    summary: 'What the events are, for programs',
    ...served('An AsyncAPI 3 document.', z.looseObject({ asyncapi: z.string() }), 'application/json'),
  },
  'GET /docs': {
    summary: 'What the calls and the events are, for people',
    ...served('A page.', z.string(), 'text/html'),
  },
  'GET /health': {
    summary: 'Whether the API answers',
    tag: 'api',
    description: 'It asks neither the database nor the broker.',
    answers: {
      200: {
        description: 'It does.',
        schema: z.object({ status: z.literal('ok') }),
        example: { status: 'ok' },
      },
    },
  },
  ...initiatorOperations(shop, OrderView, OrderPage, {
    body: { items, paymentMethod: 'pm_card_visa' },
    shown: order,
  }),
  ...insightOperations(shop, views),
  ...stockOperations,
  ...webhookOperations,
  'POST /webhooks/stripe': {
    summary: 'Stripe says that there is something to see',
    description:
      'Stripe signs what it sends. An event decides nothing: the payment service asks Stripe itself.',
    parameters: [
      {
        in: 'header',
        name: 'Stripe-Signature',
        schema: z.string(),
        isRequired: true,
        description: 'https://docs.stripe.com/webhooks#verify-manually',
      },
    ],
    answers: {
      200: {
        description: 'What became of it.',
        schema: z.object({ outcome: z.string() }),
        example: { outcome: 'done' },
      },
    },
    problems: ['bad-request'],
  },
};

/** What each route of the shop does, and what the documents call the schemas of answers. */
export function shopOperations(routes: readonly Route[]): Described & { readonly operations: Operations } {
  const records = { views: recordViews(shop, routes), examples: recordExamples };
  return {
    title: 'OrderSaga',
    description: [
      'Place orders, follow them to their end, and look after stock, payments and dead letters.',
      'Money is in integer minor units. Errors, the gateway’s own too, are problem details (RFC 9457).',
      'A later version may send more members: read past those that you do not know.',
      '`x-data` says which members are personal data, or lead to them.',
    ].join(' '),
    tags,
    named: { ...named, ...records.views },
    operations: {
      ...operations,
      ...Object.assign(
        {},
        ...shop.services.map((service) => participantOperations(shop, views, service, records)),
      ),
    },
  };
}
