import type { Participant } from '../runtime/participant.ts';
import type { Fact } from '../saga/events.ts';
import type { OrderId } from '../saga/ids.ts';
import { decide, type Payment, type ProviderAnswer, type ProviderCall } from './decide.ts';
import { payments } from './table.ts';

/** Calls the payment provider under a key made of the order. A throw means that its answer is not known. */
export type Provider = (orderId: OrderId, call: ProviderCall) => Promise<ProviderAnswer>;

/** The payment service's part in the saga. */
export const payment = (provider: Provider): Participant<Payment, Fact | ProviderAnswer, ProviderCall> => ({
  service: 'payment',
  table: payments,
  decide,
  opens: 'stock.reserved',
  perform: provider,
});
