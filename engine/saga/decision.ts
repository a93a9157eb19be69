import type { AnyFact } from './declaration.ts';

/**
 * A participant's answer to one input in one state. A refusal by the business is a fact that it says. A fault is a
 * `refuse`: only a bug or a forgery can cause one.
 *
 * - accept: write `state`, then publish `says`. `effect` is a call to the outside that follows the write.
 * - repeat: this step is done; publish the stored record's events again, and besides what `also` has.
 * - resume: call `effect` without a write: it was begun and its result is unknown, or it comes before the first write.
 * - ignore: nothing to do in this state, which is normal. `isOpen`: nothing yet, as the outside has not decided.
 * - defer: not now. Nothing is written, and it is worth trying again after so long.
 * - refuse: this cannot happen; the message becomes a dead letter with the reason. Before that `says` is published: it ends
 *   what others have begun because of something that is not true.
 */
export type Decision<State, Effect = never, Said extends AnyFact = AnyFact> =
  | {
      readonly kind: 'accept';
      readonly state: State;
      /** Absent: the record keeps its outbox, and nothing is published now. */
      readonly says?: readonly Said[];
      readonly effect?: Effect;
      readonly adjusts?: readonly Adjustment[];
      /** What the record's history says that it was because of. Absent: the input's type. */
      readonly because?: string;
    }
  | { readonly kind: 'repeat'; readonly also?: readonly Said[] }
  | { readonly kind: 'resume'; readonly effect: Effect }
  | { readonly kind: 'ignore'; readonly reason: string; readonly isOpen?: true }
  | { readonly kind: 'defer'; readonly reason: string; readonly afterMs: number }
  | { readonly kind: 'refuse'; readonly reason: string; readonly says?: readonly Said[] };

/** A change to a counter beside the record, written in the same transaction as the record. */
export interface Adjustment {
  readonly key: string;
  readonly attribute: string;
  /** Negative takes (the counter never goes below zero), positive gives back. */
  readonly delta: number;
  /**
   * For a count that begins with its first change: it is 0 where there is none, is bounded above by this, and not below.
   * Infinity bounds nothing, so nothing fails for it.
   */
  readonly atMost?: number;
  /** Other numbers of the same item, as they are from then on. */
  readonly sets?: Readonly<Record<string, number>>;
  /** What the decision relied on: the write fails if any of these has changed since. */
  readonly relyingOn?: Readonly<Record<string, string | number>>;
}

export const repeat = { kind: 'repeat' } as const;
export const ignore = (reason: string) => ({ kind: 'ignore', reason }) as const;
export const refuse = (reason: string) => ({ kind: 'refuse', reason }) as const;
