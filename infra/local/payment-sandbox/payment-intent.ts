/**
 * https://docs.stripe.com/payments/paymentintents/lifecycle
 *
 *   requires_payment_method ─▶ requires_confirmation ─confirm─▶ succeeded
 *            ▲                        │        └──────────────▶ requires_action
 *            └────────declined────────┘
 *   every state but succeeded ─cancel─▶ canceled
 */
export interface PaymentIntent {
  readonly id: string;
  readonly status: Status;
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod: string | null;
  readonly allowedPaymentMethodTypes: readonly string[] | null;
  readonly automaticPaymentMethods: { readonly allowRedirects: 'always' | 'never' } | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdEpochSeconds: number;
  readonly canceledAtEpochSeconds: number | null;
  readonly cancellationReason: string | null;
  readonly latestCharge: string | null;
  readonly lastPaymentError: object | null;
}

type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled';

export const orderOf = (intent: PaymentIntent): string | null => intent.metadata.orderId ?? null;

/** The last charge of the intent, which failed or succeeded. https://docs.stripe.com/api/charges/object */
export function renderCharge(
  { id, status, amountMinor, currency, latestCharge }: PaymentIntent,
  refunds: readonly { readonly amountMinor: number }[],
): object {
  const hasSucceeded = status === 'succeeded';
  const refunded = refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
  return {
    id: latestCharge,
    object: 'charge',
    amount: amountMinor,
    amount_captured: hasSucceeded ? amountMinor : 0,
    amount_refunded: refunded,
    currency,
    disputed: false,
    paid: hasSucceeded,
    payment_intent: id,
    refunded: hasSucceeded && refunded === amountMinor,
    status: hasSucceeded ? 'succeeded' : 'failed',
  };
}

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
    cancellation_reason: intent.cancellationReason,
    capture_method: 'automatic',
    client_secret: `${intent.id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: intent.createdEpochSeconds,
    currency: intent.currency,
    customer: null,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: null,
    last_payment_error: intent.lastPaymentError,
    latest_charge: intent.latestCharge,
    livemode: false,
    managed_payments: null,
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? { type: 'use_stripe_sdk', use_stripe_sdk: {} } : null,
    on_behalf_of: null,
    payment_method: intent.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
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
