import Stripe from 'stripe';
import type { IntentFacts, Movement } from './facts.ts';

/** The calls of Stripe's SDK that are used here. None of them moves money. It is an argument, so a simulation can stand in. */
export interface ProviderBooks {
  readonly paymentIntents: Pick<Stripe['paymentIntents'], 'list' | 'retrieve'>;
  readonly refunds: Pick<Stripe['refunds'], 'list'>;
  readonly disputes: Pick<Stripe['disputes'], 'list'>;
}

/** https://docs.stripe.com/api/pagination */
const PAGE = 100;

/** Nobody waits for an answer, and a page with its charges takes longer than a charge. */
const patiently: Stripe.RequestOptions = { timeout: 10_000, maxNetworkRetries: 2 };

/**
 * Each endpoint has a limit that the shop needs for its own calls. The SDK does not try again what it refuses.
 * https://docs.stripe.com/rate-limits
 */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

async function politely<T>(call: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeRateLimitError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return await call();
}

export interface Listed {
  /** Undefined if the intent's metadata names none. */
  readonly orderId: string | undefined;
  readonly intent: IntentFacts;
}

/**
 * A page of the payment intents that were made in a window, newest first.
 * https://docs.stripe.com/api/payment_intents/list
 */
export async function listIntents(
  books: ProviderBooks,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  after: string | undefined,
): Promise<{ readonly listed: readonly Listed[]; readonly next: string | undefined }> {
  const wanted = {
    created: { gte: Math.floor(fromMs / 1_000), lt: Math.floor(toMs / 1_000) },
    limit: PAGE,
    expand: ['data.latest_charge'],
    ...(after === undefined ? {} : { starting_after: after }),
  };
  const list = async () => await books.paymentIntents.list(wanted, patiently);
  const { data, has_more: hasMore } = await politely(list);
  const listed: Listed[] = [];
  for (const intent of data) {
    const orderId = intent.metadata.orderId || undefined;
    listed.push({ orderId, intent: await factsOf(books, intent) });
  }
  return { listed, next: hasMore ? data.at(-1)?.id : undefined };
}

/** One payment intent; undefined if the provider knows none of that id. */
export async function retrieveIntent(books: ProviderBooks, id: string): Promise<IntentFacts | undefined> {
  try {
    const expand = { expand: ['latest_charge'] };
    const retrieve = async () => await books.paymentIntents.retrieve(id, expand, patiently);
    return await factsOf(books, await politely(retrieve));
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
      return undefined;
    throw error;
  }
}

/** Only what was given back or disputed is asked for further, with a call each: such charges are few. */
async function factsOf(books: ProviderBooks, intent: Stripe.PaymentIntent): Promise<IntentFacts> {
  const { id, amount, currency, created, status } = intent;
  const charge = typeof intent.latest_charge === 'string' ? null : intent.latest_charge;
  const wanted = { payment_intent: id, limit: PAGE };
  return {
    id,
    amountMinor: amount,
    currency: currency.toUpperCase(),
    createdAtMs: created * 1_000,
    capturedMinor: status === 'succeeded' ? intent.amount_received : 0,
    refunds: charge?.amount_refunded
      ? await movementsOf((after) => books.refunds.list({ ...wanted, ...after }, patiently), hasFailed)
      : [],
    disputes: charge?.disputed
      ? await movementsOf(
          (after) => books.disputes.list({ ...wanted, ...after }, patiently),
          () => false,
        )
      : [],
  };
}

/** https://docs.stripe.com/api/refunds/object#refund_object-status */
const hasFailed = ({ status }: Moved): boolean => status === 'failed' || status === 'canceled';

interface Moved {
  readonly id: string;
  readonly amount: number;
  readonly created: number;
  readonly status: string | null;
}

interface Page {
  readonly data: readonly Moved[];
  readonly has_more: boolean;
}

async function movementsOf(
  list: (after: { readonly starting_after?: string }) => Promise<Page>,
  isVoid: (moved: Moved) => boolean,
): Promise<readonly Movement[]> {
  const all: Moved[] = [];
  for (let hasMore = true; hasMore; ) {
    const last = all.at(-1);
    const page = await politely(() => list(last === undefined ? {} : { starting_after: last.id }));
    all.push(...page.data);
    hasMore = page.has_more;
  }
  return all
    .filter((moved) => !isVoid(moved))
    .map(({ amount, created }) => ({ amountMinor: amount, atMs: created * 1_000 }));
}
