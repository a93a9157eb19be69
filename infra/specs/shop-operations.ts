import * as z from 'zod';
import { pageView } from '../../engine/http/page-view.ts';
import { recordView } from '../../engine/http/record-view.ts';
import { Line, PricedLine } from '../../functions/events.ts';
import { reservations } from '../../functions/inventory/table.ts';
import { ProductView, StockView } from '../../functions/inventory/view.ts';
import { OrderView } from '../../functions/order/view.ts';
import { payments } from '../../functions/payment/table.ts';
import { shop } from '../../functions/shop.ts';
import { engineViews, initiatorOperations, participantOperations } from './engine-operations.ts';
import type { Operations } from './operation.ts';

const ReservationView = recordView({ saga: shop, table: reservations });
const PaymentView = recordView({ saga: shop, table: payments });

const OrderPage = pageView(OrderView);
const ProductPage = pageView(ProductView);
const views = engineViews(shop);

/** What the documents call the schemas of answers. */
export const named: Readonly<Record<string, z.ZodType>> = {
  Order: OrderView,
  OrderPage,
  Reservation: ReservationView,
  Payment: PaymentView,
  Product: ProductView,
  ProductPage,
  Stock: StockView,
  Line,
  PricedLine,
  ...views,
};

/** What the calls are about, by the first step of their path. */
export const tags: Readonly<Record<string, string>> = {
  health: 'The API itself.',
  orders: 'Orders, and what each service has recorded of them.',
  stock: 'Products, and what is on the shelf.',
  'dead-letters': 'Messages that a service could not handle.',
  audit: 'Who did what.',
  webhooks: 'What Stripe calls.',
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

/** What each route of the shop does. A test fails if one is missing. */
export const operations: Operations = {
  'GET /health': {
    summary: 'Whether the API answers',
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
  ...participantOperations(shop, views, 'order'),
  ...participantOperations(shop, views, 'inventory', ReservationView),
  ...participantOperations(shop, views, 'payment', PaymentView),
  ...stockOperations,
  'POST /webhooks/stripe': {
    summary: 'Stripe says that there is something to see',
    description:
      'Stripe signs what it sends, in the header Stripe-Signature. An event decides nothing: the payment service asks Stripe itself.',
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
