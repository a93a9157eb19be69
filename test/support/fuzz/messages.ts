import type { ConsumeMessage } from 'amqplib';
import fc from 'fast-check';
import type { RabbitMqEvent } from '../../../engine/consumer/rabbitmq-event.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { deadLetterExchangeOf, deadQueueOf } from '../../../engine/saga/routes.ts';
import { type Fact, type OrderId, type Service, shop } from '../../../functions/shop.ts';
import { envelope, eventRecord } from '../../../infra/local/rabbitmq-event-source/event.ts';
import { factOf } from '../arbitrary-facts.ts';
import { type KnownType, knownTypes, orderIdOf } from '../facts.ts';
import { hostileJson, hostileName, hostileText } from './hostile.ts';
import { NOW_MS } from './strict-edges.ts';

export interface Message {
  readonly body: Buffer;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The number of orders in hostile messages. Some of them are in a table, some are not. */
const HOSTILE_ORDERS = 12;

/** Members of an event's data that take any text, to find out what such a text breaks later. */
const freeTexts = new Set(['customerId', 'cause', 'message', 'declineCode', 'paymentIntentId', 'refundId']);

const largerThanAnItem = fc.constant('x'.repeat(450_000));

const eventsOf = (types: readonly KnownType[]): fc.Arbitrary<object> =>
  fc
    .tuple(
      fc.constantFrom(...types).chain((type) => factOf(type) as fc.Arbitrary<Fact>),
      fc.integer({ min: 1, max: HOSTILE_ORDERS }),
      fc.constantFrom(undefined, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
      fc.option(
        fc.oneof({ weight: 60, arbitrary: hostileText }, { weight: 1, arbitrary: largerThanAnItem }),
        {
          freq: 2,
          nil: undefined,
        },
      ),
      fc.boolean(),
    )
    .map(([fact, order, traceparent, text, isInStock]) => {
      const event = seal(shop, fact, { sagaId: orderIdOf(order), nowMs: NOW_MS, traceparent });
      const said = JSON.stringify(event, (name, value: unknown) => {
        if (name === 'items' && isInStock) return [{ sku: 'mug', quantity: 1 }];
        return text !== undefined && freeTexts.has(name) ? text : value;
      });
      return JSON.parse(said) as object;
    });

/** Envelope members that are valid alone and wrong together. */
const disguises: fc.Arbitrary<object> = fc.constantFrom(
  ...[...shop.eventTypes, 'order.teleported', '__proto__', 'constructor', 'toString'].flatMap((type) => [
    { type },
    // An unknown or foreign type, in its first version.
    { type, dataschema: `urn:order-saga:${type}:v1` },
  ]),
  ...[...shop.services, 'nobody', 'toString', ''].map((source) => ({ source })),
  ...['ord_', '../etc', orderIdOf(1), orderIdOf(2), `${orderIdOf(3)}\n`].map((subject) => ({ subject })),
  ...['urn:order-saga:order.placed:v0', 'urn:order-saga:order.placed:v2', 'http://x'].map((dataschema) => ({
    dataschema,
  })),
  ...['0.3', '2.0'].map((specversion) => ({ specversion })),
  ...['2026-02-30T00:00:00Z', '2026-01-01', '1'].map((time) => ({ time })),
  ...['', '00-0-0-0', 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'].map((traceparent) => ({
    traceparent,
  })),
  ...['', 'x'.repeat(256), 'x'].map((id) => ({ id })),
);

/** An AMQP text is up to 255 bytes of any kind. The client decodes them as UTF-8 as far as it can. */
const amqpText = fc.oneof(
  hostileText.map((text) => Buffer.from(text).subarray(0, 255).toString('utf8')),
  fc.constantFrom(0xff, 0xc0, 0x41).map((byte) => Buffer.alloc(255, byte).toString('utf8')),
);

/** As deep as the event source passes them on. */
const nested = Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], null);

const headerValue = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(...[0, -1, 0.5, 7, 1e308, 2 ** 53, null, true, [], {}, Buffer.alloc(3), nested]),
);

const properties: fc.Arbitrary<Message['properties']> = fc.record(
  {
    messageId: amqpText,
    type: amqpText,
    contentType: amqpText,
    correlationId: amqpText,
    headers: fc.oneof(
      fc.constant({}),
      fc.dictionary(
        fc.oneof(hostileName, fc.constantFrom('saga-attempts', 'saga-error', 'x-death')),
        headerValue,
        {
          maxKeys: 4,
        },
      ),
    ),
    priority: fc.nat(255),
    timestamp: fc.constantFrom(0, 1_800_000_000, 2 ** 53, 1e20),
    expiration: fc.constantFrom('0', '', '-1'),
  },
  { requiredKeys: [] },
);

const heardBy = (service: Service): readonly KnownType[] =>
  knownTypes.filter((type) => shop.subscriptionsOf(service).includes(type));

function hostileBody(service: Service): fc.Arbitrary<Buffer> {
  const failures = knownTypes.filter((type) => shop.kindOf(type) === 'failure');
  const heard = eventsOf([...heardBy(service), ...failures]);
  const event = fc.oneof({ weight: 4, arbitrary: heard }, { weight: 1, arbitrary: eventsOf(knownTypes) });
  const disguised = fc.tuple(event, disguises).map(([each, disguise]) => ({ ...each, ...disguise }));
  return fc.oneof(
    { weight: 5, arbitrary: hostileJson(event) },
    { weight: 2, arbitrary: fc.oneof(disguised, event).map((each) => Buffer.from(JSON.stringify(each))) },
  );
}

/** Any message that might get into a service's queue. */
export const hostileMessage = (service: Service): fc.Arbitrary<Message> =>
  fc
    .record({
      body: hostileBody(service),
      properties: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: properties }),
    })
    .map(({ body, properties: given }) => ({ body, properties: { ...given, ...senderOf(body) } }));

/** Mostly the sender that the body names. The same body always has the same sender: bodies identify messages. */
function senderOf(body: Buffer): { readonly userId?: string } {
  const die = body.reduce((sum, byte) => sum + byte, 0) % 12;
  if (die === 0) return {};
  if (die === 1) return { userId: 'inventory' };
  const [, source = 'somebody'] = /"source":"(\w{1,50})"/.exec(body.toString('latin1')) ?? [];
  return { userId: source };
}

/** A fact's message from its publisher, with any other properties. */
export const messageOf = (orderId: OrderId, fact: Fact): fc.Arbitrary<Message> => {
  const body = Buffer.from(JSON.stringify(seal(shop, fact, { sagaId: orderId, nowMs: NOW_MS })));
  return fc
    .oneof(fc.constant({}), properties)
    .map((each) => ({ body, properties: { ...each, userId: shop.publisherOf(fact.type) } }));
};

/** The batch as Lambda passes it to the function, made by the local event source. */
export function invocation(service: Service, messages: readonly Message[]): RabbitMqEvent {
  const eventSourceArn = 'arn:aws:mq:eu-central-1:000000000000:broker:order-saga:b-1';
  const records = messages.map(({ body, properties: given }) => {
    const fields = { redelivered: false } as ConsumeMessage['fields'];
    return eventRecord({
      content: body,
      fields,
      properties: given as unknown as ConsumeMessage['properties'],
    }).json;
  });
  const { payload } = envelope({ eventSourceArn, queue: service, virtualHost: '/' });
  return JSON.parse(payload(records).toString('utf8')) as RabbitMqEvent;
}

/** The number of times that each body went to the dead-letter queue, and to a delay queue. */
export function settled(
  service: Service,
  published: readonly {
    readonly exchange: string;
    readonly routingKey: string;
    readonly body: string | Buffer;
  }[],
): { readonly deadLetters: ReadonlyMap<string, number>; readonly delayed: ReadonlyMap<string, number> } {
  const deadLetters = new Map<string, number>();
  const delayed = new Map<string, number>();
  for (const { exchange, routingKey, body } of published) {
    const where =
      exchange === deadLetterExchangeOf(service) && routingKey === deadQueueOf(service)
        ? deadLetters
        : exchange.startsWith(`${service}.retry.`)
          ? delayed
          : undefined;
    const key = textKey(body);
    where?.set(key, (where.get(key) ?? 0) + 1);
  }
  return { deadLetters, delayed };
}

/** A text that identifies a body by its bytes. */
export const textKey = (body: string | Buffer): string => Buffer.from(body).toString('latin1');
