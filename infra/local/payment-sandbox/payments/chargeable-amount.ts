import { chargeableCurrencies, chargeStepMinor } from '../../../../functions/currencies.ts';
import { invalidRequest, type RejectedRequest } from '../http/answers.ts';
import { type Form, integer, requiredText } from '../http/form.ts';
import { minimumMinor } from './minimum-amounts.ts';

/** https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount: at most eight digits. */
const MAX_AMOUNT_MINOR = 99_999_999;

/** The amount and currency of a new charge, the currency in lower case. @throws RejectedRequest as Stripe refuses them */
export function readMoney(form: Form): { readonly amountMinor: number; readonly currency: string } {
  requiredText(form, 'amount');
  const amountMinor = integer(form, 'amount', { min: 1, max: MAX_AMOUNT_MINOR }) ?? 0;
  const currency = readCurrency(form);
  refuseFractions(amountMinor, currency);
  const minimum = minimumMinor(currency);
  if (amountMinor < minimum)
    throw refused(
      'amount_too_small',
      `Amount must be at least ${minimum} in the smallest unit of ${currency}.`,
    );
  return { amountMinor, currency };
}

function readCurrency(form: Form): string {
  const currency = requiredText(form, 'currency').toLowerCase();
  if (chargeStepMinor(currency.toUpperCase()) !== undefined) return currency;
  const supported = chargeableCurrencies.join(', ').toLowerCase();
  throw invalidRequest(
    `Invalid currency: ${currency.slice(0, 40)}. Stripe currently supports these currencies: ${supported}`,
    { param: 'currency' },
  );
}

/** Holds for charges and refunds: https://docs.stripe.com/currencies#three-decimal */
export function refuseFractions(amountMinor: number, currency: string): void {
  const stepMinor = chargeStepMinor(currency.toUpperCase()) ?? 1;
  if (amountMinor % stepMinor === 0) return;
  throw refused(
    'invalid_charge_amount',
    `Amounts in ${currency} must be evenly divisible by ${stepMinor}, and ${amountMinor} is not.`,
  );
}

/** https://docs.stripe.com/error-codes */
const refused = (code: string, message: string): RejectedRequest =>
  invalidRequest(message, { code, param: 'amount' });
