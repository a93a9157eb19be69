import * as z from 'zod';

/** Half a surrogate pair is no Unicode. JSON can say it and DynamoDB refuses it, with all that is written beside it. */
export const UnicodeText = z.string().refine((text) => text.isWellFormed(), 'must be Unicode');

/** The saga's identity: derived from the customer and the idempotency key that placed the order. */
export const OrderId = z
  .string()
  .regex(/^ord_[A-Za-z0-9_-]{24}$/, 'must be an order id')
  .brand<'OrderId'>();
export type OrderId = z.infer<typeof OrderId>;

/** The `sub` claim of a verified token: a customer, or an operator's name. */
export const CustomerId = UnicodeText.min(1).max(128).brand<'CustomerId'>();
export type CustomerId = z.infer<typeof CustomerId>;

/** Stock keeping unit: the catalogue's key. */
export const Sku = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
  .brand<'Sku'>();
export type Sku = z.infer<typeof Sku>;
