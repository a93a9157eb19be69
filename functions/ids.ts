import * as z from 'zod';
import { CallerId } from '../engine/saga/ids.ts';
import { impersonal, personal } from '../engine/saga/personal-data.ts';

/** The customer who placed an order: the `sub` claim of a verified token. */
export const CustomerId = CallerId.meta(personal);
export type CustomerId = CallerId;

/** Stock keeping unit: the catalogue's key. */
export const Sku = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
  .brand<'Sku'>()
  .meta(impersonal);
export type Sku = z.infer<typeof Sku>;
