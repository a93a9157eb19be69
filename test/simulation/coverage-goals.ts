import type { Service } from '../../functions/shop.ts';
import type { Coverage } from './coverage.ts';
import { type CallKind, callFaults, deliveryFaults, worldFaults } from './faults.ts';

/** Every kind of call that some function of the service makes. */
const callsOf: Readonly<Record<Service, readonly CallKind[]>> = {
  order: ['read', 'write', 'query', 'publish', 'visit', 'leave'],
  inventory: ['read', 'write', 'query', 'publish', 'visit', 'leave'],
  payment: ['read', 'write', 'publish', 'visit', 'leave', 'charge', 'search', 'refund', 'refunds'],
};

/** What a run of many seeds has to come to: every fault at every call, and every end of a saga. */
const coverageGoals: readonly string[] = [
  ...(Object.entries(callsOf) as [Service, readonly CallKind[]][]).flatMap(([service, kinds]) =>
    kinds.flatMap((kind) => callFaults[kind].map((fault) => `${fault}@${service}.${kind}`)),
  ),
  ...deliveryFaults,
  ...worldFaults,
  'timed out',
  'two schedulers',
  'two at once',
  'requests beside each other',
  ...['duplicate', 'stale', 'sold out', 'conflict'].map((culprit) => `group refused: ${culprit}`),
  'crash in a group',
  'unroutable',
  'order CONFIRMED',
  'order CANCELLED CUSTOMER',
  'order CANCELLED OPERATOR',
  'order CANCELLED DEADLINE',
  'order CANCELLED OUT_OF_STOCK',
  'order CANCELLED UNKNOWN_SKU',
  'order CANCELLED PAYMENT_DECLINED',
  '422 for another body',
  '202 for a cancel',
  '409 for a cancel',
  'parked: gave up after all attempts',
  'parked: put aside by the broker',
];

/** Fewer seeds are not expected to come to all of it. */
const SEEDS_FOR_COVERAGE = 10_000;

/** What never happened in so many seeds, and should have. */
export const uncoveredBy = (coverage: Coverage, seeds: number): readonly string[] =>
  seeds < SEEDS_FOR_COVERAGE ? [] : coverage.missing(coverageGoals);
