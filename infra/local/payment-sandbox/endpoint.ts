import type { Answer } from './http/answers.ts';
import type { Form } from './http/form.ts';
import type { Effects } from './ledger/effects.ts';
import type { LedgerView } from './ledger/ledger.ts';
import type { TurnedAway } from './ledger/ledger-record.ts';

/** Where a decision finds the time, and ids that nobody can guess. */
export interface Moment {
  readonly at: Date;
  readonly newId: (prefix: string) => string;
  /** How long after a decision its later effects come. */
  readonly settleMs: number;
}

/** One authenticated, decoded request, with the clock and fresh ids as arguments. */
export interface Call extends Moment {
  readonly form: Form;
  /** The id in the path, or '' if it has none. */
  readonly id: string;
  /** A client has a publishable key, and may act on the intent whose client secret it knows. */
  readonly caller: 'server' | 'client';
  readonly idempotencyKey: string | null;
  /** Identifies the request across repeats: the idempotency key, or without one the parameters. */
  readonly subject: string;
}

/** A decision that takes effect. */
export type Executed = Effects & {
  readonly kind: 'executed';
  readonly order: string | null;
  readonly answer: Answer;
  readonly delivery?: 'withheld';
};

/**
 * The decision of a writing endpoint. `executed` takes effect, and its answer, even a refusal, is saved under the key.
 * `turned_away` does nothing and saves nothing.
 */
export type Outcome =
  | Executed
  | {
      readonly kind: 'turned_away';
      readonly order: string | null;
      readonly answer: Answer;
      readonly reason: TurnedAway;
      readonly subject: string;
    };

export type ReadEndpoint = (call: Call, ledger: LedgerView) => Answer;
export type WriteEndpoint = (call: Call, ledger: LedgerView) => Outcome;
