import * as z from 'zod';
import { impersonal } from '../engine/saga/personal-data.ts';

/**
 * The largest amount of one charge, in minor units. Stripe takes up to eight digits.
 * https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount
 */
export const MAX_AMOUNT_MINOR = 99_999_999;

/** Money is an integer count of the currency's minor unit (cents), never a fraction. */
export const AmountMinor = z.int().min(1).max(MAX_AMOUNT_MINOR).meta(impersonal);

/** ISO 4217, upper case. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be three capital letters, for example EUR')
  .meta(impersonal);
