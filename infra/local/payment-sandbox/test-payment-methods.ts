/**
 * The sandbox's payment methods. Stripe's own behave as https://docs.stripe.com/testing says.
 *
 * The `pm_sandbox_…` methods do not exist at Stripe. They play faults of the network and of the provider that Stripe's
 * test methods cannot:
 *
 * | method                           | behaviour                                                                |
 * |----------------------------------|--------------------------------------------------------------------------|
 * | `pm_sandbox_timeoutAfterCharge`  | charges, then never answers; the intent itself says that it has          |
 * | `pm_sandbox_unavailableTwice`    | two answers 503 for an intent, nothing done and nothing saved; then charges |
 * | `pm_sandbox_refundFails`         | charges; every refund is answered 429 `lock_timeout`, never saved        |
 * | `pm_sandbox_refundFailsFiveTimes`| charges; the first five refund attempts are answered 429, then it works  |
 */
export interface Decline {
  readonly code: string;
  readonly declineCode?: string;
  readonly message: string;
}

export type TestPaymentMethod =
  | { readonly charge: 'approved' }
  | { readonly charge: 'approved_without_answer' }
  | { readonly charge: 'approved_after_unavailability'; readonly unavailableTimes: number }
  | { readonly charge: 'approved_with_locked_refunds'; readonly lockedTimes: number }
  | { readonly charge: 'approved_with_pending_refunds'; readonly pendingMs: number }
  | { readonly charge: 'authentication_required' }
  | { readonly charge: 'declined'; readonly decline: Decline };

const approved: TestPaymentMethod = { charge: 'approved' };

// https://docs.stripe.com/testing#cards
const approvedBrands = [
  'visa',
  'visa_debit',
  'mastercard',
  'mastercard_debit',
  'mastercard_prepaid',
  'amex',
  'discover',
  'diners',
  'jcb',
  'unionpay',
];

// https://docs.stripe.com/testing#declined-payments: the last three have an error code but no decline code.
const declines: Readonly<Record<string, Decline>> = {
  '': { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' },
  InsufficientFunds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  LostCard: { code: 'card_declined', declineCode: 'lost_card', message: 'Your card was declined.' },
  StolenCard: { code: 'card_declined', declineCode: 'stolen_card', message: 'Your card was declined.' },
  VelocityLimitExceeded: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message:
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  },
  ExpiredCard: { code: 'expired_card', message: 'Your card has expired.' },
  IncorrectCvc: { code: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  ProcessingError: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
};

const known = new Map<string, TestPaymentMethod>([
  ...approvedBrands.map((brand): [string, TestPaymentMethod] => [`pm_card_${brand}`, approved]),
  // Stripe's documentation spells some declines with the brand and some without. Here both work.
  ...Object.entries(declines).flatMap(([name, decline]): [string, TestPaymentMethod][] => [
    [`pm_card_chargeDeclined${name}`, { charge: 'declined', decline }],
    [`pm_card_visa_chargeDeclined${name}`, { charge: 'declined', decline }],
  ]),
  // https://docs.stripe.com/testing#authentication-and-setup
  // Stripe does not say for how long. https://docs.stripe.com/testing#refunds
  ['pm_card_pendingRefund', { charge: 'approved_with_pending_refunds', pendingMs: 3_000 }],
  ['pm_card_authenticationRequired', { charge: 'authentication_required' }],
  ['pm_sandbox_timeoutAfterCharge', { charge: 'approved_without_answer' }],
  ['pm_sandbox_unavailableTwice', { charge: 'approved_after_unavailability', unavailableTimes: 2 }],
  [
    'pm_sandbox_refundFails',
    { charge: 'approved_with_locked_refunds', lockedTimes: Number.POSITIVE_INFINITY },
  ],
  ['pm_sandbox_refundFailsFiveTimes', { charge: 'approved_with_locked_refunds', lockedTimes: 5 }],
]);

export const testPaymentMethod = (id: string): TestPaymentMethod | undefined => known.get(id);
