import Stripe from 'stripe';
import type { Clock } from './clock.ts';

/** A payment intent: https://docs.stripe.com/payments/paymentintents/lifecycle */
export interface Intent {
  readonly id: string;
  /** In seconds. */
  readonly created: number;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status:
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'requires_payment_method'
    | 'canceled';
  readonly client_secret: string;
  readonly payment_method: string | null;
  readonly last_payment_error: Decline | null;
}

export interface Dispute {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly amount: number;
}

/** What Stripe sends a webhook about. */
export interface News {
  readonly type: string;
  readonly intentId: string;
  readonly orderId: string;
}

interface Decline {
  readonly code: string;
  readonly decline_code?: string;
  readonly message: string;
}

export interface Refund {
  readonly id: string;
  /** In seconds. */
  readonly created: number;
  readonly status: 'succeeded' | 'pending' | 'requires_action' | 'failed' | 'canceled';
  readonly amount: number;
  readonly failure_reason?: string;
  /** Empty if a person has asked for it. */
  readonly metadata: { readonly orderId?: string };
}

/** How a refund ends that is pending, and when. */
export interface Settling {
  readonly atMs: number;
  readonly status: 'succeeded' | 'failed' | 'canceled';
}

/** Money that moved for one order. */
export interface Account {
  readonly capturesMinor: readonly number[];
  readonly refundsMinor: readonly number[];
  /** Of these, what people gave back once the order was confirmed. It changes no order. */
  readonly laterMinor: number;
}

export type NewIntent = Pick<Intent, 'orderId' | 'amount' | 'currency'> & { readonly paymentMethod: string };

/** Not all that it refuses has a code. */
function invalidRequest(code?: string): never {
  const message = code ?? 'The request cannot be done.';
  throw new Stripe.errors.StripeInvalidRequestError({
    type: 'invalid_request_error',
    ...(code === undefined ? {} : { code }),
    message,
  });
}

const decline: Decline = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
};
const unauthenticated: Decline = {
  code: 'payment_intent_authentication_failure',
  message: 'The provided payment method has failed authentication.',
};
const DECLINED = /^pm_card_chargeDeclined/;
const CHALLENGED = /^pm_card_(threeDSecure|authentication)/;

/**
 * The payment provider as Stripe describes itself: an intent is charged once at most; a declined one has no payment
 * method any more; the customer's bank may want to see the customer first; no more is given back than is left; a refund
 * succeeds or fails later, even if it has succeeded; a disputed charge is never given back; and a person may give back
 * money at its dashboard. Of all that it sends news.
 */
export class PaymentProvider {
  readonly #clock: Clock;
  readonly #intents = new Map<string, Intent>();
  readonly #refunds = new Map<string, Refund[]>();
  readonly #settling = new Map<string, Settling>();
  readonly #pending = new Set<string>();
  readonly #disputes = new Map<string, Dispute[]>();
  readonly #later = new Map<string, number>();
  readonly #processing = new Map<string, { readonly atMs: number; readonly succeeds: boolean }>();
  /** What nobody has taken yet. */
  #news: News[] = [];
  #ids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By order. */
  get accounts(): ReadonlyMap<string, Account> {
    const accounts = new Map<
      string,
      { readonly capturesMinor: number[]; readonly refundsMinor: number[]; readonly laterMinor: number }
    >();
    for (const { id, orderId, status, amount } of this.#intents.values()) {
      if (status !== 'succeeded') continue;
      const laterMinor = this.#later.get(orderId) ?? 0;
      const account = accounts.get(orderId) ?? { capturesMinor: [], refundsMinor: [], laterMinor };
      account.capturesMinor.push(amount);
      account.refundsMinor.push(
        ...(this.#refunds.get(id) ?? []).filter(isGiven).map((refund) => refund.amount),
      );
      accounts.set(orderId, account);
    }
    return accounts;
  }

  /** Newest first, as all of Stripe's lists. */
  get intents(): readonly Intent[] {
    return [...this.#intents.values()].toReversed();
  }

  account(orderId: string): Account | undefined {
    return this.accounts.get(orderId);
  }

  create({ orderId, amount, currency, paymentMethod }: NewIntent): Intent {
    this.#ids += 1;
    const id = `pi_${this.#ids}`;
    const common = {
      id,
      created: this.#nowSeconds,
      orderId,
      amount,
      currency,
      client_secret: `${id}_secret_${this.#ids}`,
      payment_method: paymentMethod,
    };
    return this.#keep({ ...common, status: 'requires_confirmation', last_payment_error: null });
  }

  /**
   * `later`: the bank decides later, and then what.
   * @throws Stripe's card error if it is declined; its invalid request error if it cannot be confirmed any more
   */
  confirm(id: string, later?: { readonly afterMs: number; readonly succeeds: boolean }): Intent {
    const intent = this.retrieve(id);
    if (intent.status !== 'requires_confirmation') return invalidRequest('payment_intent_unexpected_state');
    if (CHALLENGED.test(intent.payment_method ?? ''))
      return this.#keep({ ...intent, status: 'requires_action' });
    if (later !== undefined) {
      this.#pending.add(intent.orderId);
      this.#processing.set(id, { atMs: this.#clock.nowMs + later.afterMs, succeeds: later.succeeds });
      return this.#keep({ ...intent, status: 'processing' });
    }
    if (!DECLINED.test(intent.payment_method ?? '')) return this.#keep({ ...intent, status: 'succeeded' });
    this.#decline(intent, decline);
    throw new Stripe.errors.StripeCardError({ type: 'card_error', ...decline });
  }

  /** The customer answers the challenge of the bank. Nothing happens if there is none any more. */
  authenticate(id: string, isApproved: boolean): void {
    const intent = this.retrieve(id);
    if (intent.status !== 'requires_action') return;
    if (isApproved) this.#keep({ ...intent, status: 'succeeded' });
    else this.#decline(intent, unauthenticated);
  }

  /** The customer, who knows the client secret, tries another card. Nothing happens if Stripe does not let it. */
  tryAgain(id: string): void {
    const intent = this.retrieve(id);
    if (intent.status === 'requires_payment_method')
      this.#keep({ ...intent, status: 'succeeded', payment_method: 'pm_card_visa' });
  }

  #decline(intent: Intent, last_payment_error: Decline): void {
    this.#keep({ ...intent, status: 'requires_payment_method', payment_method: null, last_payment_error });
  }

  /** The customer's bank takes the charge back for the time being. From then on Stripe refuses to refund it. */
  dispute(id: string): void {
    const { amount, status } = this.retrieve(id);
    const disputes = this.#disputes.get(id) ?? [];
    if (status !== 'succeeded' || disputes.length > 0) return;
    this.#disputes.set(id, [{ id: `dp_${id}`, status: 'needs_response', reason: 'fraudulent', amount }]);
    this.#tell('charge.dispute.created', id);
  }

  disputesOf(intentId: string): readonly Dispute[] {
    return this.#disputes.get(intentId) ?? [];
  }

  /** Whether a refund is under way, and none has ever failed: one that fails may make room for another. */
  isRefunding(orderId: string): boolean {
    const refunds = this.intents
      .filter((intent) => intent.orderId === orderId)
      .flatMap(({ id }) => this.#refundsOf(id));
    return refunds.some(isOpen) && refunds.every(isGiven);
  }

  /** Whether people have given back money of an order. */
  isGivenBackByPeople(orderId: string): boolean {
    return this.intents.some(
      (intent) =>
        intent.orderId === orderId &&
        this.#refundsOf(intent.id).some(({ metadata }) => metadata.orderId === undefined),
    );
  }

  /** Whether its bank may have decided otherwise, or later, than Stripe had said. */
  isUnsure(orderId: string): boolean {
    return this.#pending.has(orderId);
  }

  /** A person gives money back, although the order is confirmed. */
  refundLater(intentId: string, amount: number): void {
    const { orderId } = this.retrieve(intentId);
    this.refund(intentId, amount);
    this.#later.set(orderId, (this.#later.get(orderId) ?? 0) + amount);
  }

  /** @throws Stripe's invalid request error if there is none */
  retrieve(id: string): Intent & {
    readonly metadata: { readonly orderId: string };
    readonly latest_charge: { readonly amount_refunded: number; readonly disputed: boolean };
  } {
    this.#process(id, this.#clock.nowMs);
    const intent = this.#intents.get(id);
    if (intent === undefined) return invalidRequest('resource_missing');
    return {
      ...intent,
      metadata: { orderId: intent.orderId },
      latest_charge: {
        amount_refunded: intent.amount - this.#left(intent),
        disputed: this.disputesOf(id).length > 0,
      },
    };
  }

  /** What has happened since this was asked last. */
  takeNews(): readonly News[] {
    if (this.#news.length === 0) return [];
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** @throws Stripe's invalid request error if it is charged or canceled already */
  cancel(id: string): Intent {
    const intent = this.retrieve(id);
    if (['succeeded', 'canceled', 'processing'].includes(intent.status))
      return invalidRequest('payment_intent_unexpected_state');
    return this.#keep({ ...intent, status: 'canceled' });
  }

  /**
   * Gives back an amount, or all that is left. `outcome`: what the bank says. If it is pending, `settles` says how it ends.
   * @throws Stripe's invalid request error if more would be given back than is left
   */
  refund(
    intentId: string,
    amount: number | undefined,
    outcome: Refund['status'] | 'bounces' = 'succeeded',
    settles: { readonly afterMs: number; readonly status: Settling['status'] } = {
      afterMs: 0,
      status: 'succeeded',
    },
    metadata: Refund['metadata'] = {},
  ): Refund {
    const intent = this.retrieve(intentId);
    if (this.disputesOf(intentId).length > 0) return invalidRequest('charge_disputed');
    const left = intent.status === 'succeeded' ? this.#left(intent) : 0;
    if (left === 0) return invalidRequest('charge_already_refunded');
    if ((amount ?? left) > left) return invalidRequest();
    this.#ids += 1;
    const status = outcome === 'bounces' ? 'succeeded' : outcome;
    const refund: Refund = {
      id: `re_${this.#ids}`,
      created: this.#nowSeconds,
      status,
      amount: amount ?? left,
      metadata,
    };
    this.#refunds.set(intentId, [...this.#refundsOf(intentId), refund]);
    if (!isOpen(refund)) this.#tell('charge.refunded', intentId);
    if (isOpen(refund) || outcome === 'bounces') {
      this.#pending.add(intent.orderId);
      this.#settling.set(refund.id, { atMs: this.#clock.nowMs + settles.afterMs, status: settles.status });
    }
    return refund;
  }

  /** Newest first, as all of Stripe's lists. */
  refundsOf(intentId: string): readonly Refund[] {
    return this.#refundsOf(intentId).toReversed();
  }

  /** What is pending ends as it has to, however long that takes. */
  settle(): void {
    for (const intentId of [...this.#processing.keys()]) this.#process(intentId, Number.POSITIVE_INFINITY);
    for (const intentId of this.#refunds.keys()) this.#settle(intentId, Number.POSITIVE_INFINITY);
  }

  #process(id: string, nowMs: number): void {
    const end = this.#processing.get(id);
    const intent = this.#intents.get(id);
    if (end === undefined || intent === undefined || end.atMs > nowMs) return;
    this.#processing.delete(id);
    if (end.succeeds) this.#keep({ ...intent, status: 'succeeded' });
    else this.#decline(intent, decline);
  }

  #refundsOf(intentId: string): readonly Refund[] {
    this.#settle(intentId, this.#clock.nowMs);
    return this.#refunds.get(intentId) ?? [];
  }

  #settle(intentId: string, nowMs: number): void {
    const settled = (this.#refunds.get(intentId) ?? []).map((refund) => {
      const end = this.#settling.get(refund.id);
      if (end === undefined || end.atMs > nowMs) return refund;
      this.#settling.delete(refund.id);
      this.#tell(end.status === 'succeeded' ? 'refund.updated' : 'refund.failed', intentId);
      return { ...refund, status: end.status };
    });
    if (settled.length > 0) this.#refunds.set(intentId, settled);
  }

  #left({ id, amount }: Intent): number {
    return (
      amount -
      sum(
        this.#refundsOf(id)
          .filter(isGiven)
          .map((refund) => refund.amount),
      )
    );
  }

  get #nowSeconds(): number {
    return Math.floor(this.#clock.nowMs / 1_000);
  }

  #keep(intent: Intent): Intent {
    this.#intents.set(intent.id, intent);
    const about = newsOf[intent.status];
    if (about !== undefined) this.#tell(`payment_intent.${about}`, intent.id);
    return intent;
  }

  #tell(type: string, intentId: string): void {
    this.#news.push({ type, intentId, orderId: this.#intents.get(intentId)?.orderId ?? '' });
  }
}

const newsOf: { readonly [S in Intent['status']]?: string } = {
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  requires_payment_method: 'payment_failed',
  canceled: 'canceled',
};

const isGiven = ({ status }: Refund): boolean => status !== 'failed' && status !== 'canceled';

/** The bank, or the customer, has still to act. https://docs.stripe.com/refunds#refund-object */
const isOpen = ({ status }: Refund): boolean => status === 'pending' || status === 'requires_action';

export const keptMinor = (account: Account | undefined): number =>
  account === undefined ? 0 : sum(account.capturesMinor) - sum(account.refundsMinor);

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
