import type Stripe from 'stripe';
import * as z from 'zod';
import type { OrderId } from '../shop.ts';
import type { StripeCalls } from './stripe-calls.ts';

/** https://docs.stripe.com/api/pagination */
const PAGE = 100;

/** The nearer it is to a charge, the more an order's other intents are only what a crash has left behind. */
const NEAREST_FIRST: readonly Stripe.PaymentIntent.Status[] = [
  'succeeded',
  'processing',
  'requires_action',
  'requires_payment_method',
  'canceled',
];

/**
 * The payment intents that Stripe has of the time that a restored table has lost, by order. They are listed once for each
 * environment: by when they were made, as a search by metadata may lag, and newest first. A listing that runs out of time
 * goes on where it was. What is made after it has begun, this table knows again. https://docs.stripe.com/api/payment_intents/list
 */
export class RestoredCharges {
  readonly #connect: () => StripeCalls | Promise<StripeCalls>;
  readonly #created: { readonly gte: number };
  readonly #intents = new Map<string, Stripe.PaymentIntent>();
  #last: string | undefined;
  #isListed = false;
  #listing: Promise<void> | undefined;

  constructor(connect: () => StripeCalls | Promise<StripeCalls>, sinceMs: number) {
    this.#connect = connect;
    // Stripe tells whole seconds.
    this.#created = { gte: Math.floor(sinceMs / 1_000) };
  }

  /** The intent by which an order is charged, or was; undefined if nobody has asked for a charge. */
  async of(orderId: OrderId): Promise<Stripe.PaymentIntent | undefined> {
    while (!this.#isListed) {
      this.#listing ??= this.#nextPage().finally(() => {
        this.#listing = undefined;
      });
      await this.#listing;
    }
    return this.#intents.get(orderId);
  }

  async #nextPage(): Promise<void> {
    const after = this.#last === undefined ? {} : { starting_after: this.#last };
    const stripe = await this.#connect();
    const page = await stripe.paymentIntents.list({ created: this.#created, limit: PAGE, ...after });
    for (const intent of page.data) this.#keep(intent);
    this.#last = page.data.at(-1)?.id;
    this.#isListed = !page.has_more;
  }

  #keep(intent: Stripe.PaymentIntent): void {
    const { orderId } = intent.metadata;
    if (!orderId || rankOf(intent) < 0) return;
    const known = this.#intents.get(orderId);
    if (known === undefined || rankOf(intent) < rankOf(known)) this.#intents.set(orderId, intent);
  }
}

/**
 * Since when the table may not know what Stripe does; undefined if it knows all.
 * @throws RangeError if it is no time: what is not looked for could be charged twice
 */
export function restoredSinceMs(text = process.env.ADOPT_CHARGES_SINCE): number | undefined {
  if (!text) return undefined;
  const time = z.iso.datetime({ offset: true }).safeParse(text);
  if (!time.success) throw new RangeError(`ADOPT_CHARGES_SINCE is ${JSON.stringify(text)}`);
  return Date.parse(time.data);
}

/** One that was never confirmed has charged nobody, and nobody will confirm it. */
const rankOf = ({ status }: Stripe.PaymentIntent): number => NEAREST_FIRST.indexOf(status);
