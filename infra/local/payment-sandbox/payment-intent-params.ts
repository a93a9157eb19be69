import { invalidRequest } from './answers.ts';
import {
  type Form,
  flag,
  integer,
  list,
  metadata,
  oneOf,
  optionalText,
  refuseUnknown,
  requiredText,
} from './form.ts';
import type { PaymentIntent } from './payment-intent.ts';
import { testPaymentMethod } from './test-payment-methods.ts';

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts: at most eight digits. */
const MAX_AMOUNT_MINOR = 99_999_999;
const currencies = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

const confirmParams = [
  'payment_method',
  'off_session',
  'error_on_requires_action',
  'return_url',
  'capture_method',
];
const knownToConfirm = new Set(confirmParams);
const knownToCreate = new Set([
  ...confirmParams,
  'allowed_payment_method_types',
  'amount',
  'automatic_payment_methods',
  'confirm',
  'currency',
  'description',
  'metadata',
  'payment_method_types',
]);

/** The parameters of a charge. */
export interface Confirmation {
  readonly failsWhenActionIsRequired: boolean;
}

type NewIntent = Pick<
  PaymentIntent,
  | 'amountMinor'
  | 'currency'
  | 'paymentMethod'
  | 'allowedPaymentMethodTypes'
  | 'automaticPaymentMethods'
  | 'description'
  | 'metadata'
> & { readonly confirmation: Confirmation | null };

export function readNewIntent(form: Form): NewIntent {
  refuseUnknown(form, knownToCreate);
  requiredText(form, 'amount');
  const amountMinor = integer(form, 'amount', { min: 1, max: MAX_AMOUNT_MINOR }) ?? 0;
  const currency = readCurrency(form);
  const methods = readMethodKinds(form);
  const paymentMethod = readPaymentMethod(form);
  const confirm = flag(form, 'confirm');
  const confirmation = readAttempt(form);
  for (const name of ['off_session', 'error_on_requires_action', 'return_url']) {
    if (!confirm && form.has(name)) {
      throw invalidRequest(`You can only pass ${name} together with confirm=true.`, { param: name });
    }
  }
  if (confirm) refuseRedirectToNowhere(methods.automaticPaymentMethods, form);
  return {
    amountMinor,
    currency,
    paymentMethod,
    ...methods,
    description: optionalText(form, 'description') ?? null,
    metadata: metadata(form),
    confirmation: confirm ? confirmation : null,
  };
}

export function readConfirmation(form: Form): Confirmation & { readonly paymentMethod: string | null } {
  refuseUnknown(form, knownToConfirm);
  return { ...readAttempt(form), paymentMethod: readPaymentMethod(form) };
}

function readAttempt(form: Form): Confirmation {
  // The sandbox captures at once, so it refuses a request for any other capture method.
  oneOf(form, 'capture_method', ['automatic', 'automatic_async']);
  const offSession = flag(form, 'off_session');
  const errorOnRequiresAction = flag(form, 'error_on_requires_action');
  optionalText(form, 'return_url');
  return { failsWhenActionIsRequired: offSession || errorOnRequiresAction };
}

function readCurrency(form: Form): string {
  const currency = requiredText(form, 'currency').toLowerCase();
  if (!currencies.has(currency)) {
    throw invalidRequest(`Invalid currency: ${currency.slice(0, 40)}`, { param: 'currency' });
  }
  return currency;
}

function readPaymentMethod(form: Form): string | null {
  const id = optionalText(form, 'payment_method');
  if (id === undefined) return null;
  if (testPaymentMethod(id) === undefined) {
    throw invalidRequest(`No such PaymentMethod: '${id.slice(0, 100)}'`, {
      code: 'resource_missing',
      param: 'payment_method',
    });
  }
  return id;
}

function readMethodKinds(
  form: Form,
): Pick<NewIntent, 'allowedPaymentMethodTypes' | 'automaticPaymentMethods'> {
  if (hasAny(form, 'payment_method_types')) {
    // https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
    throw invalidRequest('payment_method_types is no longer supported: use allowed_payment_method_types.', {
      code: 'payment_method_types_no_longer_supported',
      param: 'payment_method_types',
    });
  }
  const allowed = list(form, 'allowed_payment_method_types');
  const hasAutomatic = hasAny(form, 'automatic_payment_methods');
  if (allowed.length > 0 && hasAutomatic) {
    throw invalidRequest(
      'You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.',
    );
  }
  if (allowed.length > 0) {
    if (allowed.every((type) => type === 'card')) {
      return { allowedPaymentMethodTypes: ['card'], automaticPaymentMethods: null };
    }
    throw invalidRequest('The payment sandbox knows no payment method type but card.', {
      param: 'allowed_payment_method_types',
    });
  }
  // https://docs.stripe.com/api/payment_intents/create#create_payment_intent-automatic_payment_methods
  const enabled = !hasAutomatic || flag(form, 'automatic_payment_methods[enabled]');
  const allowRedirects =
    oneOf(form, 'automatic_payment_methods[allow_redirects]', ['always', 'never']) ?? 'always';
  return { allowedPaymentMethodTypes: null, automaticPaymentMethods: enabled ? { allowRedirects } : null };
}

const hasAny = (form: Form, parameter: string): boolean =>
  [...form.keys()].some((name) => name === parameter || name.startsWith(`${parameter}[`));

/** Stripe refuses this since redirects became the default: https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods */
export function refuseRedirectToNowhere(
  automatic: PaymentIntent['automaticPaymentMethods'],
  form: Form,
): void {
  if (automatic === null || automatic.allowRedirects === 'never') return;
  if (form.has('return_url') || flag(form, 'off_session')) return;
  throw invalidRequest(
    'This PaymentIntent accepts payment methods that might redirect your customer: provide a `return_url`, or set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never`.',
    { param: 'return_url' },
  );
}
