import * as z from 'zod';
import { Sku } from '../ids.ts';
import { AmountMinor, Currency } from '../money.ts';

/** A product as staff see it. */
export const StockView = z.object({
  sku: Sku,
  available: z.int().describe('Pieces on the shelf. Those that are held for orders do not count.'),
  unitPriceMinor: AmountMinor,
  currency: Currency,
  stocktakenAt: z.iso.datetime(),
});
export type StockView = z.infer<typeof StockView>;

/** A product as everybody sees it. Customers do not see the number. */
export const ProductView = StockView.partial({ available: true, stocktakenAt: true }).extend({
  availability: z.enum(['OUT_OF_STOCK', 'LOW', 'IN_STOCK']),
});
export type ProductView = z.infer<typeof ProductView>;
