import { invalidRequest } from '../http/answers.ts';
import { type Form, flag, list, metadata, oneOf, optionalText, refuseUnknown } from '../http/form.ts';
import { readMoney } from './chargeable-amount.ts';
import type { PaymentIntent } from './payment-intent.ts';
import { isBankDebit, testPaymentMethod } from './test-payment-methods.ts';

const confirmParams = ['payment_method', 'error_on_requires_action'];
const knownToConfirm = new Set([...confirmParams, 'client_secret']);
const knownToCreate = new Set([
  ...confirmParams,
  'allowed_payment_method_types',
  'amount',
  'automatic_payment_methods',
  'confirm',
  'currency',
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
  | 'metadata'
> & { readonly confirmation: Confirmation | null };

export function readNewIntent(form: Form): NewIntent {
  refuseUnknown(form, knownToCreate);
  const money = readMoney(form);
  const methods = readMethodKinds(form);
  const paymentMethod = readPaymentMethod(form);
  const confirm = flag(form, 'confirm');
  const confirmation = readAttempt(form);
  if (!confirm && form.has('error_on_requires_action')) {
    throw invalidRequest('You can only pass error_on_requires_action together with confirm=true.', {
      param: 'error_on_requires_action',
    });
  }
  if (confirm) refuseRedirectToNowhere(methods.automaticPaymentMethods);
  return {
    ...money,
    paymentMethod,
    ...methods,
    metadata: metadata(form),
    confirmation: confirm ? confirmation : null,
  };
}

export function readConfirmation(form: Form): Confirmation & { readonly paymentMethod: string | null } {
  refuseUnknown(form, knownToConfirm);
  return { ...readAttempt(form), paymentMethod: readPaymentMethod(form) };
}

const readAttempt = (form: Form): Confirmation => ({
  failsWhenActionIsRequired: flag(form, 'error_on_requires_action'),
});

function readPaymentMethod(form: Form): string | null {
  const id = optionalText(form, 'payment_method');
  if (id === undefined) return null;
  if (isBankDebit(id)) {
    throw invalidRequest(
      'The PaymentMethod provided (us_bank_account) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: card.',
      { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
    );
  }
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
export function refuseRedirectToNowhere(automatic: PaymentIntent['automaticPaymentMethods']): void {
  if (automatic === null || automatic.allowRedirects === 'never') return;
  throw invalidRequest(
    'This PaymentIntent accepts payment methods that might redirect your customer, and the payment sandbox redirects nobody: set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never`, or `allowed_payment_method_types` to `card`.',
    { param: 'return_url' },
  );
}
