/**
 * The sandbox's payment methods. Stripe's own behave as https://docs.stripe.com/testing says.
 *
 * The `pm_sandbox_…` methods do not exist at Stripe. They play faults of the network and of the provider that Stripe's
 * test methods cannot:
 *
 * | method                           | behaviour                                                                |
 * |----------------------------------|--------------------------------------------------------------------------|
 * | `pm_sandbox_processing`          | stays `processing` for the setting `settleMs`, and then is charged       |
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
  | { readonly charge: 'approved_later' }
  | { readonly charge: 'approved_without_answer' }
  | { readonly charge: 'approved_after_unavailability'; readonly unavailableTimes: number }
  | { readonly charge: 'approved_with_locked_refunds'; readonly lockedTimes: number }
  | { readonly charge: 'approved_with_pending_refunds' }
  | { readonly charge: 'approved_with_failing_refunds' }
  | { readonly charge: 'approved_then_disputed'; readonly reason: string; readonly kind: DisputeKind }
  | { readonly charge: 'authentication_required'; readonly declineAfterwards?: Decline }
  | { readonly charge: 'declined'; readonly decline: Decline };

/** An inquiry takes no money yet, and its charge can still be refunded: https://docs.stripe.com/disputes/how-disputes-work */
export type DisputeKind = 'chargeback' | 'inquiry';

const approved: TestPaymentMethod = { charge: 'approved' };

// https://docs.stripe.com/testing#cards
const brands =
  'visa visa_debit mastercard mastercard_debit mastercard_prepaid amex discover diners jcb unionpay';

// https://docs.stripe.com/testing#international-cards
const countries = `
  us ar br ca cl co cr ec mx pa py pe uy ae ae_mastercard at be bg by hr cy cz dk ee fi fr de gi gr hu ie it lv li lt lu mt nl
  no pl pt ro si sk es se ch gb gb_debit gb_mastercard au cn hk in jp my nz sg tw th_credit th_debit`;

// They are charged, too: https://docs.stripe.com/testing#three-ds-cards and #available-balance without more ado,
// https://docs.stripe.com/testing#fraud-prevention and #disputes unless rules of the account block them.
const unblocked = `
  threeDSecureOptional amex_threeDSecureNotSupported bypassPending bypassPendingInternational riskLevelElevated
  riskLevelHighest createIssuerFraudRecord`;

const insufficientFunds: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
};
const processingError: Decline = {
  code: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};
const genericDecline: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
};

// https://docs.stripe.com/testing#declined-payments: the last three have an error code but no decline code.
const declines: Readonly<Record<string, Decline>> = {
  '': genericDecline,
  InsufficientFunds: insufficientFunds,
  LostCard: { ...genericDecline, declineCode: 'lost_card' },
  StolenCard: { ...genericDecline, declineCode: 'stolen_card' },
  Fraudulent: { ...genericDecline, declineCode: 'fraudulent' },
  VelocityLimitExceeded: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message:
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  },
  ExpiredCard: { code: 'expired_card', message: 'Your card has expired.' },
  IncorrectCvc: { code: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  ProcessingError: processingError,
};

const challenge: TestPaymentMethod = { charge: 'authentication_required' };
const challengeThen = (declineAfterwards: Decline): TestPaymentMethod => ({
  ...challenge,
  declineAfterwards,
});
const disputed = (reason: string, kind: DisputeKind): TestPaymentMethod => ({
  charge: 'approved_then_disputed',
  reason,
  kind,
});

const named = (names: string): readonly string[] => names.trim().split(/\s+/);

const known = new Map<string, TestPaymentMethod>([
  ...named(`${brands} ${countries} ${unblocked}`).map((name) => [`pm_card_${name}`, approved] as const),
  // Stripe's documentation spells some declines with the brand and some without. Here both work.
  ...Object.entries(declines).flatMap(([name, decline]): [string, TestPaymentMethod][] => [
    [`pm_card_chargeDeclined${name}`, { charge: 'declined', decline }],
    [`pm_card_visa_chargeDeclined${name}`, { charge: 'declined', decline }],
  ]),
  ['pm_card_radarBlock', { charge: 'declined', decline: { ...genericDecline, declineCode: 'fraudulent' } }],
  ['pm_card_chargeCustomerFail', { charge: 'declined', decline: genericDecline }],
  // https://docs.stripe.com/testing#authentication-and-setup, where a customer is present and the card was not set up
  ['pm_card_authenticationRequired', challenge],
  ['pm_card_authenticationRequiredOnSetup', challenge],
  ['pm_card_authenticationRequiredSetupForOffSession', challenge],
  ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', challengeThen(insufficientFunds)],
  // https://docs.stripe.com/testing#three-ds-cards
  ['pm_card_threeDSecure2Required', challenge],
  ['pm_card_threeDSecureRequiredChargeDeclined', challengeThen(genericDecline)],
  ['pm_card_threeDSecureRequiredProcessingError', challengeThen(processingError)],
  // https://docs.stripe.com/testing#disputes
  ['pm_card_createDispute', disputed('fraudulent', 'chargeback')],
  ['pm_card_createDisputeProductNotReceived', disputed('product_not_received', 'chargeback')],
  ['pm_card_createDisputeInquiry', disputed('fraudulent', 'inquiry')],
  // https://docs.stripe.com/testing#refunds. Stripe does not say after how long; here it is the setting `settleMs`.
  ['pm_card_pendingRefund', { charge: 'approved_with_pending_refunds' }],
  ['pm_card_refundFail', { charge: 'approved_with_failing_refunds' }],
  ['pm_sandbox_processing', { charge: 'approved_later' }],
  ['pm_sandbox_timeoutAfterCharge', { charge: 'approved_without_answer' }],
  ['pm_sandbox_unavailableTwice', { charge: 'approved_after_unavailability', unavailableTimes: 2 }],
  [
    'pm_sandbox_refundFails',
    { charge: 'approved_with_locked_refunds', lockedTimes: Number.POSITIVE_INFINITY },
  ],
  ['pm_sandbox_refundFailsFiveTimes', { charge: 'approved_with_locked_refunds', lockedTimes: 5 }],
]);

export const testPaymentMethod = (id: string): TestPaymentMethod | undefined => known.get(id);

/** Bank debits settle after days. https://docs.stripe.com/testing#non-card-payments */
export const isBankDebit = (id: string): boolean => id.startsWith('pm_usBankAccount_');
