import * as z from 'zod';
import type { Item } from '../../engine/batch/store.ts';
import { impersonal } from '../../engine/saga/personal-data.ts';
import type { Table } from '../../engine/saga/table.ts';
import { Line, PricedLine, StockRejection } from '../events.ts';
import { CustomerId, Sku } from '../ids.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';
import type { Reservation } from './decide.ts';

/**
 * The index of all SKUs by name. Its entries are items of their own, beside the stock: DynamoDB would otherwise compare
 * every change of stock with the index.
 */
export const CATALOGUE = 'catalogue';

export const catalogueEntry = (sku: Sku): Item => ({ pk: `CATALOGUE#${sku}`, catalogue: CATALOGUE, sku });

const customerId = CustomerId;

/** It says whose it is no longer than `customerId` does, and the books of the stock need it. */
const Held = z.array(PricedLine).readonly().meta(impersonal);

export const reservations: Table<Reservation> = {
  saga: shop,
  key: (orderId) => `ORDER#${orderId}`,

  schema: z.discriminatedUnion('status', [
    z.object({
      customerId,
      status: z.literal('RESERVED'),
      lines: Held,
      totalMinor: AmountMinor,
      currency: Currency,
    }),
    z.object({ customerId, status: z.literal('REJECTED'), rejection: StockRejection }),
    z.object({ customerId, status: z.literal('RELEASED'), lines: z.array(Line).readonly().meta(impersonal) }),
  ]),
};

/** Who takes stock and receives goods: a role that the declaration adds. */
export const STOCK_ROLE = 'stock';

/** The largest stock of one SKU. A JSON number holds it exactly. */
export const MAX_AVAILABLE = 1_000_000_000;

const Stock = z.object({
  sku: Sku,
  available: z.int(),
  unitPriceMinor: AmountMinor,
  currency: Currency,
  stocktakenAt: z.string(),
});
export type Stock = Readonly<z.infer<typeof Stock>>;

export const stockOf = (item: Item): Stock => Stock.parse(item);
