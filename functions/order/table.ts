import * as z from 'zod';
import type { Table } from '../runtime/record.ts';
import { type Service, services } from '../saga/choreography.ts';
import { eventTypes, Lines, PaymentDecline, PaymentMethod, StockRejection } from '../saga/events.ts';
import { CustomerId } from '../saga/ids.ts';
import { AmountMinor, Currency } from '../saga/money.ts';
import type { Order } from './decide.ts';

/** Orders of one customer, newest first. Its keys never change, so an order costs it one write. */
export const BY_CUSTOMER = 'by-customer';
/** Orders that wait for something: sparse, since ended orders have no `dueEpochSeconds`. */
export const DUE = 'due';

/** Spreads the sparse index over partitions, so that many orders waiting at once make none of them hot. */
const DUE_SHARDS = 8;
export const dueShards: readonly string[] = Array.from({ length: DUE_SHARDS }, (_, shard) => `due-${shard}`);

/** How long an order may wait for the next event before it says again what it last said. */
export const NUDGE_AFTER_SECONDS = 10;

const service = z.enum(services as [Service, ...Service[]]);

const Reason = z.union([
  z.object({ code: z.enum(['CUSTOMER', 'OPERATOR', 'DEADLINE', 'PARTICIPANT_FAILED']) }),
  z.object({ code: z.literal('PAYMENT_DECLINED'), decline: PaymentDecline }),
  StockRejection,
]);

const placed = {
  customerId: CustomerId,
  items: Lines,
  paymentMethod: PaymentMethod,
  fingerprint: z.string(),
  createdAtMs: z.number(),
};

export const orders: Table<Order> = {
  key: (orderId) => orderId,

  schema: z.discriminatedUnion('status', [
    z.object({ ...placed, status: z.literal('PENDING'), answered: z.array(service).readonly() }),
    z.object({ ...placed, status: z.literal('CONFIRMED'), totalMinor: AmountMinor, currency: Currency }),
    z.object({
      ...placed,
      status: z.literal('CANCELLING'),
      reason: Reason,
      failure: z.enum(eventTypes as [(typeof eventTypes)[number]]),
      answered: z.array(service).readonly(),
    }),
    z.object({ ...placed, status: z.literal('CANCELLED'), reason: Reason }),
  ]),

  indexed: ({ orderId, state, updatedAtMs }) => ({
    customerId: state.customerId,
    createdAtMs: state.createdAtMs,
    ...(state.status === 'PENDING' || state.status === 'CANCELLING'
      ? {
          dueShard: dueShardOf(orderId),
          dueEpochSeconds: Math.ceil(updatedAtMs / 1000) + NUDGE_AFTER_SECONDS,
        }
      : {}),
  }),
};

function dueShardOf(orderId: string): string {
  const shard = orderId.charCodeAt(orderId.length - 1) % DUE_SHARDS;
  return `due-${shard}`;
}
