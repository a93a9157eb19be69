/**
 *                 order.placed
 *     (nothing) ──────┬────────────▶ RESERVED ── payment.declined · order.cancelling ──▶ RELEASED
 *         │           └────────────▶ REJECTED                                              ▲
 *         └── payment.declined · order.cancelling (before the step: a tombstone) ──────────┘
 *
 * A reservation is stock held for an order. RELEASED is final: a later order.placed reserves nothing.
 */

import { type Decision, ignore, refuse, repeat } from '../../engine/saga/decision.ts';
import { type Line, type PricedLine, type StockRejection, totalMinorOf } from '../events.ts';
import type { CustomerId, Sku } from '../ids.ts';
import { MAX_AMOUNT_MINOR } from '../money.ts';
import { type EventData, type Fact, shop } from '../shop.ts';

export type Reservation = { readonly customerId: CustomerId } & (
  | {
      readonly status: 'RESERVED';
      readonly lines: readonly PricedLine[];
      readonly totalMinor: number;
      readonly currency: string;
    }
  | { readonly status: 'REJECTED'; readonly rejection: StockRejection }
  | { readonly status: 'RELEASED'; readonly lines: readonly Line[] }
);

/** A SKU's stock and price at the moment of the decision. */
export interface StockLevel {
  readonly available: number;
  readonly unitPriceMinor: number;
  readonly currency: string;
}

/** What one order may take. */
export interface StockLimits {
  /** Of one SKU. Infinity: any quantity. */
  readonly maxQuantity: number;
  /** Of what is on the shelf of one SKU, from 1 to 100. */
  readonly maxSharePercent: number;
}

const noLimits: StockLimits = { maxQuantity: Number.POSITIVE_INFINITY, maxSharePercent: 100 };

/** So many pieces are a usual order, whatever share of the shelf they are: somebody has to get the last ones. */
const ANY_SHARE_QUANTITY = 10;

/** The most that one order may take of a SKU. */
export const mostOf = ({ available }: Pick<StockLevel, 'available'>, limits: StockLimits): number =>
  Math.min(
    limits.maxQuantity,
    Math.max(ANY_SHARE_QUANTITY, Math.floor((available * limits.maxSharePercent) / 100)),
  );

export type Catalogue = (sku: Sku) => StockLevel | undefined;

type InventoryDecision = Decision<Reservation, never, Fact>;

export const stockKey = (sku: Sku): string => `SKU#${sku}`;

export function decide(
  reservation: Reservation | undefined,
  fact: Fact,
  catalogue: Catalogue,
  limits: StockLimits = noLimits,
): InventoryDecision {
  if (fact.type === 'order.placed')
    return reservation === undefined ? reserve(fact.data, catalogue, limits) : repeat;
  if (!shop.isFailure(fact)) return refuse(`${fact.type} is not for inventory`);
  if (shop.compensatorsOf(fact.type).includes('inventory')) return release(reservation, fact.data);
  return ignore(`${fact.type} leaves nothing to release`);
}

function reserve(
  placed: EventData<'order.placed'>,
  catalogue: Catalogue,
  limits: StockLimits,
): InventoryDecision {
  const { customerId, items, paymentMethod } = placed;
  const reject = rejecter(customerId);
  const lines = items.flatMap((line) => {
    const level = catalogue(line.sku);
    return level === undefined ? [] : [{ line, level }];
  });
  if (lines.length < items.length)
    return reject(
      'UNKNOWN_SKU',
      items.filter(({ sku }) => catalogue(sku) === undefined),
    );

  const short = lines.filter(({ line, level }) => level.available < line.quantity);
  if (short.length > 0)
    return reject(
      'OUT_OF_STOCK',
      short.map(({ line }) => line),
    );

  const greedy = lines.filter(({ line, level }) => line.quantity > mostOf(level, limits));
  if (greedy.length > 0)
    return reject(
      'QUANTITY_LIMIT',
      greedy.map(({ line }) => line),
    );

  // Stryker disable next-line StringLiteral,OptionalChaining: an order has a line, so the default is never used.
  const currency = lines[0]?.level.currency ?? '';
  const foreign = lines.filter(({ level }) => level.currency !== currency);
  if (foreign.length > 0)
    return reject(
      'MIXED_CURRENCIES',
      foreign.map(({ line }) => line),
    );

  const priced = lines.map(({ line, level }) => ({ ...line, unitPriceMinor: level.unitPriceMinor }));
  const totalMinor = totalMinorOf(priced);
  if (totalMinor > MAX_AMOUNT_MINOR) return reject('AMOUNT_TOO_LARGE', items);

  return {
    kind: 'accept',
    state: { customerId, status: 'RESERVED', lines: priced, totalMinor, currency },
    says: [
      {
        type: 'stock.reserved',
        data: { customerId, lines: priced, amountMinor: totalMinor, currency, paymentMethod },
      },
    ],
    adjusts: priced.map(({ sku, quantity, unitPriceMinor }) => ({
      key: stockKey(sku),
      attribute: 'available',
      delta: -quantity,
      relyingOn: { unitPriceMinor, currency },
    })),
  };
}

const rejecter =
  (customerId: CustomerId) =>
  (code: StockRejection['code'], lines: readonly Line[]): InventoryDecision => {
    const rejection = { code, skus: lines.map(({ sku }) => sku) };
    return {
      kind: 'accept',
      state: { customerId, status: 'REJECTED', rejection },
      says: [{ type: 'stock.rejected', data: { customerId, ...rejection } }],
    };
  };

/** Gives back the stock that is held. If none is, it leaves a tombstone for a late step and answers the same. */
function release(
  reservation: Reservation | undefined,
  { customerId }: { readonly customerId: CustomerId },
): InventoryDecision {
  // The rejection already says that nothing is held, and why.
  if (reservation?.status === 'RELEASED' || reservation?.status === 'REJECTED') return repeat;
  const lines = (reservation?.lines ?? []).map(({ sku, quantity }) => ({ sku, quantity }));
  return {
    kind: 'accept',
    // Whoever says that it failed does not say whose it is.
    state: { customerId: reservation?.customerId ?? customerId, status: 'RELEASED', lines },
    says: [{ type: 'stock.released', data: { lines } }],
    adjusts: lines.map(({ sku, quantity }) => ({
      key: stockKey(sku),
      attribute: 'available',
      delta: quantity,
    })),
  };
}
