import type { StripeEvent } from '../webhooks/event.ts';
import type { Effects } from './effects.ts';

/**
 * One line of the journal. An executed request is one line with its effects, the money moved, the events to send and the
 * answer saved under its key. They reach the disk together or not at all, so a repeat after a crash never charges twice.
 */
export type LedgerRecord =
  | (Effects &
      Announced & {
        readonly kind: 'executed';
        readonly at: string;
        readonly order: string | null;
        readonly idempotencyKey: string | null;
        readonly path: string;
        readonly fingerprint: string;
        readonly requestId: string;
        readonly status: number;
        readonly body: string;
      })
  | (Effects &
      Announced & {
        /** What happened by itself, or by a customer at the challenge. */
        readonly kind: 'happened';
        readonly at: string;
        readonly order: string | null;
        /** The key of what was to happen later, and now has. */
        readonly done?: string;
      })
  | {
      readonly kind: 'turned_away';
      readonly at: string;
      readonly order: string | null;
      readonly reason: TurnedAway;
      readonly subject: string;
    }
  | { readonly kind: 'replayed'; readonly at: string; readonly order: string | null }
  | { readonly kind: 'rate_limited'; readonly at: string; readonly order: null }
  /** A receiver has taken the event, or it was tried too often. */
  | { readonly kind: 'sent'; readonly at: string; readonly order: null; readonly event: string };

interface Announced {
  /** Only if there is a receiver. */
  readonly events?: readonly StripeEvent[];
}

/** Why a sandbox payment method turned a request away. */
export type TurnedAway = 'unavailable' | 'refund_locked';
