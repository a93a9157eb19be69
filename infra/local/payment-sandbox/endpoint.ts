import type { Answer } from './answers.ts';
import type { Form } from './form.ts';
import type { LedgerView, Movement, TurnedAway } from './ledger.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { Refund } from './refund.ts';

/** One authenticated, decoded request, with the clock and fresh ids as arguments. */
export interface Call {
  readonly form: Form;
  /** The id in the path, or '' if it has none. */
  readonly id: string;
  readonly idempotencyKey: string | null;
  /** Identifies the request across repeats: the idempotency key, or without one the parameters. */
  readonly subject: string;
  readonly at: Date;
  readonly newId: (prefix: string) => string;
}

/**
 * The decision of a writing endpoint. `executed` takes effect, and its answer, even a refusal, is saved under the key.
 * `turned_away` does nothing and saves nothing.
 */
export type Outcome =
  | {
      readonly kind: 'executed';
      readonly order: string | null;
      readonly answer: Answer;
      readonly delivery?: 'withheld';
      readonly intent?: PaymentIntent;
      readonly refund?: Refund;
      readonly movement?: Movement;
    }
  | {
      readonly kind: 'turned_away';
      readonly order: string | null;
      readonly answer: Answer;
      readonly reason: TurnedAway;
      readonly subject: string;
    };

export type ReadEndpoint = (call: Call, ledger: LedgerView) => Answer;
export type WriteEndpoint = (call: Call, ledger: LedgerView) => Outcome;
