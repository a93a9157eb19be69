import type { Participant } from '../runtime/engine.ts';
import type { SagaRecord } from '../runtime/record.ts';
import type { Fact } from '../saga/events.ts';
import type { OrderId } from '../saga/ids.ts';
import { decide, type Payment, type ProviderAnswer, type ProviderCall } from './decide.ts';
import { payments } from './table.ts';

/**
 * Calls the payment provider under a key made of the order. `intendedAtMs`: when the charge was first written
 * down. A throw means that the answer is not known.
 */
export type Provider = (
  orderId: OrderId,
  call: ProviderCall,
  intendedAtMs: number,
) => Promise<ProviderAnswer>;

const intendedAtMs = ({ history, updatedAtMs }: SagaRecord<Payment>): number => {
  const intent = history.find(({ status }) => status === 'CHARGING');
  return intent === undefined ? updatedAtMs : Date.parse(intent.at);
};

/** The payment service's part in the saga. */
export const payment = (provider: Provider): Participant<Payment, Fact | ProviderAnswer, ProviderCall> => ({
  service: 'payment',
  table: payments,
  decide,
  opens: 'stock.reserved',
  perform: (call, record) => provider(record.orderId, call, intendedAtMs(record)),
});
