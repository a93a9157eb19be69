import Stripe from 'stripe';
import { fromItem } from '../../engine/batch/record.ts';
import { type Outcome, run } from '../../engine/batch/run.ts';
import { consume } from '../../engine/consumer/consume.ts';
import type { HttpReply } from '../../engine/http/http.ts';
import { recordReader } from '../../engine/http/record-reader.ts';
import { resolving } from '../../engine/http/resolving.ts';
import { seal } from '../../engine/saga/envelope.ts';
import type { ExternalState } from '../../engine/saga/external-state.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { charging } from '../../functions/payment/decide.ts';
import { payment } from '../../functions/payment/payment.ts';
import { stripeProvider } from '../../functions/payment/provider.ts';
import type { StripeCalls } from '../../functions/payment/stripe-client.ts';
import { payments } from '../../functions/payment/table.ts';
import { webhook } from '../../functions/payment/webhook.ts';
import { type Fact, type OrderId, shop } from '../../functions/shop.ts';
import { type Scene, scene } from './engine-runs.ts';
import { facts, orderIdOf } from './facts.ts';
import { httpEvent } from './http-event.ts';

export const WEBHOOK_SECRET = 'whsec_test';

/** An event of Stripe, as far as it is read. `id` and `object` are filled in. */
export interface News {
  readonly type: string;
  readonly object: object;
}

/** Who has a client for Stripe, or for what stands in. */
export interface Connection {
  stripe(): StripeCalls;
}

/** The payment service, with its table and broker in memory. */
export class PaymentService<Outside extends Connection = Connection> {
  readonly here: Scene;
  readonly outside: Outside;
  /** How often it has turned to Stripe. */
  asked = 0;

  constructor(outside: Outside) {
    this.outside = outside;
    this.here = scene([], Date.now);
  }

  readonly #connect = (): StripeCalls => {
    this.asked += 1;
    return this.outside.stripe();
  };

  /** What every order begins with here. */
  reserved(order: number, paymentMethod = 'pm_card_visa'): Promise<Outcome<ExternalState>> {
    const { type, data } = facts['stock.reserved'];
    return this.#take(order, { type, data: { ...data, paymentMethod } });
  }

  cancelling(order: number): Promise<Outcome<ExternalState>> {
    return this.#take(order, facts['order.cancelling']);
  }

  /** As its queue delivers it. */
  async consume(order: number, fact: Fact): Promise<void> {
    const participant = payment(stripeProvider(this.#connect));
    const now = this.here.edges.now();
    const body = JSON.stringify(seal(shop, fact, { sagaId: orderIdOf(order), nowMs: now }));
    const basicProperties = { ...nothing, messageId: `${orderIdOf(order)}:${fact.type}` };
    const message = {
      basicProperties: { ...basicProperties, userId: shop.publisherOf(fact.type) },
      redelivered: false,
      data: Buffer.from(body).toString('base64'),
    };
    await consume(
      participant,
      this.here.edges,
      parseRetryDelays('1s'),
    )({
      eventSource: 'aws:rmq',
      eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
      rmqMessagesByQueue: { 'payment::/': [message] },
    });
  }

  async #take(order: number, input: Fact): Promise<Outcome<ExternalState>> {
    const participant = payment(stripeProvider(this.#connect));
    const [outcome] = await run(participant, [{ sagaId: orderIdOf(order), input }], this.here.edges);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  }

  /** Stripe's webhook, with Stripe's own signature unless another header is given. */
  async post(
    news: News,
    { secret = WEBHOOK_SECRET, ageSeconds = 0, ...request }: Partial<Posting> = {},
  ): Promise<Answered> {
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: news.type, data: news });
    const timestamp = Math.floor(this.here.edges.now() / 1000) - ageSeconds;
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    const { headers = { 'Stripe-Signature': signature }, body = (sent: string) => sent } = request;
    const { edges } = this.here;
    const handle = webhook({
      edges,
      provider: stripeProvider(this.#connect),
      connect: this.#connect,
      secret: () => WEBHOOK_SECRET,
    });
    return answered(await handle(httpEvent({ headers, body: body(payload) }), {} as never));
  }

  /** An operator's call of `resolve`, or another caller's. */
  async resolve(
    order: number,
    { caller = { principalId: 'olga', role: 'operator' }, body = resolved }: Partial<Resolving> = {},
  ): Promise<Answered> {
    const event = httpEvent({
      headers: { 'content-type': 'application/json' },
      path: { orderId: orderIdOf(order) },
      authorizer: caller,
      body: JSON.stringify(body),
    });
    return answered(await resolving(charging, this.here.edges)(event, {} as never));
  }

  /** GET …/payment, as a caller sees it. */
  async read(order: number, principalId: string, role = 'customer'): Promise<Answered> {
    const event = httpEvent({ path: { orderId: orderIdOf(order) }, authorizer: { principalId, role } });
    return answered(await recordReader(charging, this.here.edges)(event, {} as never));
  }

  /** What is written of an order's payment. */
  stateOf(order: number): ExternalState | undefined {
    const item = this.here.store.items.get(payments.key(orderIdOf(order)));
    return item && fromItem(payments, item).state;
  }

  intentOf(order: number): string {
    return String(this.stateOf(order)?.paymentIntentId);
  }

  /** The types of what was published of an order, in their order. */
  saidOf(order: number): readonly string[] {
    const orderId: OrderId = orderIdOf(order);
    return this.here.publisher.ids
      .filter((id) => id.startsWith(orderId))
      .map((id) => id.slice(orderId.length + 1));
  }

  /** The data of the events of a type that were published of an order, repeats included. */
  eventsOf(order: number, type: string): readonly object[] {
    return this.here.publisher.published
      .filter(({ messageId }) => messageId === `${orderIdOf(order)}:${type}`)
      .map(({ body }) => (JSON.parse(String(body)) as { readonly data: object }).data);
  }
}

const nothing = { type: null, contentType: null, headers: null };

interface Posting {
  readonly secret: string;
  readonly ageSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes the body that is sent of the one that is signed. */
  readonly body: (signed: string) => string | Buffer;
}

interface Resolving {
  readonly caller: { readonly principalId: string; readonly role: string };
  readonly body: object;
}

const resolved = { reason: 'paid by bank transfer', proof: 'transfer 7' };

interface Answered {
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const answered = ({ statusCode, body }: HttpReply): Answered => ({
  code: statusCode,
  body: JSON.parse(body) as Answered['body'],
});
