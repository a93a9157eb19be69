/**
 * https://docs.stripe.com/payments/paymentintents/lifecycle
 *
 *   requires_payment_method ─▶ requires_confirmation ─confirm─▶ succeeded, or processing ─▶ succeeded
 *            ▲                        │        └──────────────▶ requires_action ─approved─▶ succeeded
 *            └──declined or failed────┴─────────────────────────────┘
 *   every state but processing and succeeded ─cancel─▶ canceled
 */
export interface PaymentIntent {
  readonly id: string;
  /** Whoever knows it may confirm the intent, with any payment method. Ledgers of older versions have none. */
  readonly clientSecret?: string;
  readonly status: Status;
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod: string | null;
  readonly allowedPaymentMethodTypes: readonly string[] | null;
  readonly automaticPaymentMethods: { readonly allowRedirects: 'always' | 'never' } | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdEpochSeconds: number;
  readonly canceledAtEpochSeconds: number | null;
  readonly latestCharge: string | null;
  readonly lastPaymentError: object | null;
}

type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled';

export const orderOf = (intent: PaymentIntent): string | null => intent.metadata.orderId ?? null;

/** The id of the intent that a client secret belongs to, if it belongs to any. */
export const intentIdIn = (clientSecret: string): string => clientSecret.split('_secret_', 1)[0] ?? '';

/** https://docs.stripe.com/api/payment_intents/object */
export function renderIntent(intent: PaymentIntent): object {
  const automatic = intent.automaticPaymentMethods;
  return {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: intent.allowedPaymentMethodTypes,
    amount: intent.amountMinor,
    amount_capturable: 0,
    amount_received: intent.status === 'succeeded' ? intent.amountMinor : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      automatic === null ? null : { allow_redirects: automatic.allowRedirects, enabled: true },
    canceled_at: intent.canceledAtEpochSeconds,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: intent.clientSecret ?? null,
    confirmation_method: 'automatic',
    created: intent.createdEpochSeconds,
    currency: intent.currency,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: intent.lastPaymentError,
    latest_charge: intent.latestCharge,
    livemode: false,
    managed_payments: null,
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? challengeOf(intent) : null,
    on_behalf_of: null,
    payment_method: intent.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: intent.status === 'processing' ? { type: 'card' } : null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_group: null,
  };
}

/** Stripe.js alone knows what is in `use_stripe_sdk`; here it is the address of the challenge, at the sandbox. */
const challengeOf = ({ clientSecret }: PaymentIntent): object => ({
  type: 'use_stripe_sdk',
  use_stripe_sdk: { challenge: `/challenge?client_secret=${clientSecret}` },
});

const onlyForServers = new Set(['amount_capturable', 'amount_received', 'latest_charge', 'metadata']);

/** What a publishable key and the client secret show. https://docs.stripe.com/api/payment_intents/retrieve */
export const renderIntentForClient = (intent: PaymentIntent): object =>
  Object.fromEntries(Object.entries(renderIntent(intent)).filter(([name]) => !onlyForServers.has(name)));
