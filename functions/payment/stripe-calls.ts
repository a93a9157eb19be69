import type Stripe from 'stripe';

/** The calls that the payment makes, as it makes them: a part of the SDK's client. It is an argument, so a simulation can stand in. */
export interface StripeCalls {
  readonly paymentIntents: {
    create(wanted: Stripe.PaymentIntentCreateParams): Promise<Stripe.PaymentIntent>;
    confirm(id: string): Promise<Stripe.PaymentIntent>;
    retrieve(id: string, wanted?: Stripe.PaymentIntentRetrieveParams): Promise<Stripe.PaymentIntent>;
    cancel(id: string): Promise<Stripe.PaymentIntent>;
    list(wanted: Stripe.PaymentIntentListParams): Promise<Stripe.ApiList<Stripe.PaymentIntent>>;
  };
  readonly refunds: {
    create(wanted: Stripe.RefundCreateParams): Promise<Stripe.Refund>;
    list(wanted: Stripe.RefundListParams): Promise<Stripe.ApiList<Stripe.Refund>>;
  };
  readonly disputes: {
    list(wanted: Stripe.DisputeListParams): Promise<Stripe.ApiList<Stripe.Dispute>>;
  };
}
