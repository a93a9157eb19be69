import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { Edges } from '../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { StoreUnavailableError } from '../../engine/batch/store.ts';
import { consume } from '../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import type { HttpEvent, HttpFunction, HttpReply } from '../../engine/http/http.ts';
import { cancelling } from '../../engine/initiator/cancel.ts';
import { nudge } from '../../engine/initiator/nudge.ts';
import type { Views } from '../../engine/insight/seen.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { tracedPublisher } from '../../engine/tracing/traced-publisher.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { payment } from '../../functions/payment/payment.ts';
import { stripeProvider } from '../../functions/payment/provider.ts';
import { tables } from '../../functions/privacy/tables.ts';
import { stock } from './engine-runs.ts';
import { httpEvent } from './http-event.ts';
import { MemoryStore } from './memory-store.ts';
import { SimulatedStripe } from './simulated-stripe.ts';
import { order, place, threeServices as shop } from './three-services.ts';

const services = ['order', 'inventory', 'payment'] as const;
type Service = (typeof services)[number];
interface Waiting {
  readonly service: Service;
  readonly by: string;
  readonly message: OutgoingMessage;
}

export const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z');
export const DEADLINE_MS = 900_000;
const delays = parseRetryDelays('1s,5s');

/** Who calls, in which role. */
export interface Caller {
  readonly principalId: string;
  readonly role: string;
}
export const alice: Caller = { principalId: 'alice', role: 'customer' };
export const olga: Caller = { principalId: 'olga', role: 'operator' };

/** The participants of the shop as it is delivered, with tables, queues and a provider in memory. A test says what goes wrong, and when. */
export class ShopInMemory {
  readonly stores = { order: new MemoryStore(), inventory: new MemoryStore(), payment: new MemoryStore() };
  readonly stripe = new SimulatedStripe();
  /** Messages in delay queues, and dead letters. */
  readonly delayed: Waiting[] = [];
  readonly dead: Waiting[] = [];
  /** Services that hear nothing. */
  readonly deaf = new Set<Service>();
  nowMs = BEGIN_MS;
  #queue: Waiting[] = [];
  #orders = 0;
  readonly #consumers: Readonly<Record<Service, (event: RabbitMqEvent) => Promise<void>>>;

  constructor() {
    this.stores.inventory.items.set('SKU#mug', stock('mug', 100));
    this.#consumers = {
      order: consume(order, this.edges('order'), delays),
      inventory: consume(inventory, this.edges('inventory'), delays),
      payment: consume(payment(stripeProvider(() => this.stripe.stripe())), this.edges('payment'), delays),
    };
  }

  get views(): Views {
    const [initiator, ...others] = services.map((service) => ({
      service,
      table: tables[service],
      store: this.stores[service],
    }));
    return { initiator: initiator as Views['initiator'], others };
  }

  edges(service: Service): Edges {
    return {
      store: this.stores[service],
      now: () => this.nowMs,
      userOf: (name) => name,
      publisher: tracedPublisher(service, {
        publish: async (message) => this.#route(service, message),
      }),
    };
  }

  #route(by: Service, message: OutgoingMessage): void {
    const { exchange, type } = message;
    if (/\.retry\./.test(exchange)) this.delayed.push({ service: by, by, message });
    else if (exchange.endsWith('.dead')) this.dead.push({ service: by, by, message });
    else
      for (const service of services)
        if (exchange === 'saga.failures' || shop.subscriptionsOf(service).includes(type))
          this.#queue.push({ service, by, message });
  }

  /** Everything is delivered that can be, one message at a time; what waits in delay queues stays there. */
  async settle(): Promise<void> {
    for (;;) {
      const next = this.#queue.find(({ service }) => !this.deaf.has(service));
      if (next === undefined) return;
      this.#queue = this.#queue.filter((each) => each !== next);
      const { service, by, message } = next;
      const basicProperties = {
        ...{ messageId: message.messageId, type: message.type, contentType: message.contentType, userId: by },
        headers: lambdaHeaders(message),
      };
      const data = Buffer.from(message.body as string).toString('base64');
      await this.#consumers[service]({
        eventSource: 'aws:rmq',
        eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
        rmqMessagesByQueue: { [`${service}::/`]: [{ basicProperties, redelivered: false, data }] },
      });
    }
  }

  /** A service's table is no more, as DynamoDB says it. */
  drop(service: Service): void {
    const cause = new ResourceNotFoundException({ $metadata: {}, message: 'Requested resource not found' });
    this.stores[service].beforeRead = () => {
      throw new StoreUnavailableError(`order-saga-prod-${service}: ${cause.message}`, { cause });
    };
  }

  /** The broker loses what waits in its queues. */
  loseAll(): void {
    this.#queue = [];
  }

  /** The delay queues give all back. */
  async retry(): Promise<void> {
    this.#queue.push(...this.delayed.splice(0));
    await this.settle();
  }

  async place(paymentMethod = 'pm_card_visa', key = `key-${++this.#orders}`): Promise<string> {
    const items = [{ sku: 'mug', quantity: 1 }];
    const { body } = await this.call(place(this.edges('order')), alice, {
      ...{ httpMethod: 'POST', resource: '/orders' },
      headers: { 'idempotency-key': key },
      body: { items, paymentMethod },
    });
    const { orderId } = body;
    await this.settle();
    return orderId;
  }

  async cancel(orderId: string): Promise<void> {
    await this.call(cancelling(order, this.edges('order')), alice, { path: { orderId } });
    await this.settle();
  }

  /** The schedule runs once. */
  async nudge(): Promise<void> {
    await nudge(
      order,
      this.edges('order'),
      () => DEADLINE_MS,
      async () => 0,
    )();
    await this.settle();
  }

  async call(
    handler: HttpFunction,
    authorizer: Caller,
    {
      headers = {},
      body,
      resource,
      httpMethod,
      ...request
    }: {
      readonly httpMethod?: string;
      readonly resource?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly path?: Readonly<Record<string, string>>;
      readonly query?: Readonly<Record<string, string>>;
      readonly body?: object;
    } = {},
  ): Promise<Answered> {
    const event = {
      ...httpEvent({
        ...request,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        authorizer,
      }),
      resource,
      httpMethod,
    } as HttpEvent;
    const reply = (await handler(event, {} as never)) as HttpReply;
    return {
      status: reply.statusCode,
      headers: reply.headers as Answered['headers'],
      body: JSON.parse(reply.body),
    };
  }
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects
  readonly body: any;
}

/** As Lambda passes them: texts are bytes. */
const lambdaHeaders = ({ headers = {} }: OutgoingMessage) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? { bytes: [...Buffer.from(value)] } : value,
    ]),
  );
