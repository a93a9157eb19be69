import type Stripe from 'stripe';

/** The parts of the SDK's client that are used here. It is an argument, so a simulation can stand in. */
export interface StripeCalls {
  readonly paymentIntents: Pick<Stripe['paymentIntents'], 'create' | 'confirm' | 'retrieve' | 'cancel'>;
  readonly refunds: Pick<Stripe['refunds'], 'create' | 'list'>;
  readonly disputes: Pick<Stripe['disputes'], 'list'>;
}
