/** What the playground's controls take and say: `infra/local/console/controls/` answers it. */

export interface Offer {
  readonly name: string;
  /** What it is or does, in a few words. */
  readonly about: string;
}

export interface FaultOffer extends Offer {
  /** What it breaks; one fault at a time of each. */
  readonly target: string;
  readonly maxSeconds: number;
}

export interface Broken {
  readonly fault: string;
  readonly about: string;
  readonly is: 'breaking' | 'broken' | 'healing' | 'not healed';
  /** Until it heals by itself. */
  readonly leftSeconds: number;
  /** Why it could not be healed. */
  readonly failure?: string;
}

export interface Crowd {
  /** 0 while nobody comes. */
  readonly perSecond: number;
  readonly leftSeconds: number;
  readonly accepted: number;
  readonly refused: number;
}

export interface Played {
  readonly name: string;
  readonly is: 'playing' | 'as expected' | 'not as expected';
  readonly lines: readonly string[];
}

export interface PlaygroundState {
  readonly isUp: boolean;
  readonly faults: readonly FaultOffer[];
  readonly scenarios: readonly Offer[];
  readonly paymentMethods: readonly Offer[];
  readonly broken: readonly Broken[];
  readonly crowd: Crowd;
  readonly played?: Played;
}

/** `moves`: it was read while it was changing, and says nothing yet. */
export type Verdict = 'holds' | 'moves' | 'broken';

export interface StockRow {
  readonly sku: string;
  /** Unknown until it was once read at rest. */
  readonly initial?: number;
  readonly available: number;
  readonly held: number;
  readonly verdict: Verdict;
}

/** In minor units. captured − refunded = confirmed + underWay + byHand */
export interface Money {
  readonly captured: number;
  readonly refunded: number;
  readonly confirmed: number;
  /** Of sagas that have not ended. */
  readonly underWay: number;
  /** What people have settled, or given back after the end. */
  readonly byHand: number;
  /** If all is in one. */
  readonly currency?: string;
  readonly verdict: Verdict;
  /** The orders of which the provider has kept other money than is due. */
  readonly wrong: readonly string[];
}

export interface Meters {
  readonly stock: readonly StockRow[];
  readonly money: Money;
}

/** The acts, by their path below /controls/. */
export interface ActBodies {
  readonly orders: { readonly sku: string; readonly quantity: number; readonly paymentMethod: string };
  readonly scenarios: { readonly name: string };
  readonly crowd: { readonly sku: string; readonly perSecond: number };
  readonly faults: { readonly name: string; readonly seconds: number };
  readonly challenges: { readonly orderId: string; readonly outcome: 'approve' | 'fail' };
  readonly heal: Readonly<Record<string, never>>;
}

/** The most that each act may do. */
export const MAX_PER_SECOND = 20;
export const CROWD_SECONDS = 60;
export const MAX_QUANTITY = 10;
