import { PublishError } from '../../../engine/batch/publish-error.ts';
import { StoreUnavailableError } from '../../../engine/batch/store.ts';
import { RabbitDeadLetterQueues } from '../../../engine/dead-letters/dead-letter-queues.ts';
import { DynamoStore } from '../../../engine/dynamodb/dynamo-store.ts';
import { dynamoDbClient } from '../../../engine/dynamodb/dynamodb-client.ts';
import { fetchSecret } from '../../../engine/environment/secret.ts';
import { authorizing } from '../../../engine/http/authorizer.ts';
import { HASTY, PATIENT, type Patience, RabbitPublisher } from '../../../engine/rabbitmq/publisher.ts';
import { depthOf } from '../../../engine/rabbitmq/queue-depth.ts';
import { deadQueueOf, parseRetryDelays } from '../../../engine/saga/routes.ts';
import { startExporting } from '../../../engine/tracing/otlp.ts';
import { signedExporter } from '../../../engine/tracing/signed-exporter.ts';
import { stripeProvider } from '../../../functions/payment/provider.ts';
import { unpacedStripe } from '../../../functions/payment/stripe-client.ts';
import { listIntents } from '../../../functions/reconciliation/provider-books.ts';
import { shop } from '../../../functions/shop.ts';
import { DeliveryError, post } from '../../../functions/webhooks/post.ts';
import { alarmsNow } from '../../../infra/aws/rollback.ts';
import { handler as topologyHandler } from '../../../infra/aws/topology/handler.ts';
import { applyTopology } from '../../../infra/broker/apply.ts';
import { isAccepted } from '../../../infra/broker/management.ts';
import { topologyOf } from '../../../infra/broker/topology.ts';
import { openSession } from '../../../infra/local/rabbitmq-event-source/broker-session.ts';
import { lambdaEndpoint } from '../../../infra/local/rabbitmq-event-source/invoke.ts';
import { orderIdOf } from '../facts.ts';
import type { AmqpFault, Point } from './outside.ts';

/** One call, and what becomes of it where the outside cannot be relied on. */
interface Call {
  /** Which of its row's figures is its limit; or a limit in milliseconds, if it was given another. */
  readonly limit: { readonly figure: number } | { readonly ms: number };
  readonly make: () => Promise<unknown>;
  /** What the document says happens then. */
  readonly isExpected: (result: PromiseSettledResult<unknown>) => boolean;
}

/** How the calls of a row are made, by the row's first file. */
export type Driver =
  | {
      readonly over: 'http';
      /** Whether the address is read from the environment only during the call: one fault after another, then. */
      readonly isInTurn?: true;
      readonly calls: (url: string) => readonly Call[] | Promise<readonly Call[]>;
    }
  | {
      readonly over: 'amqp';
      readonly points: readonly Point[];
      /** A queue of this call alone, with messages in it. */
      readonly queueOf?: (point: Point, fault: AmqpFault) => string;
      readonly calls: (url: string, point: Point, fault: AmqpFault) => readonly Call[];
    };

const figure = (index: number) => ({ figure: index });
const fails =
  (isIt: (error: unknown) => boolean = () => true) =>
  (result: PromiseSettledResult<unknown>): boolean =>
    result.status === 'rejected' && isIt(result.reason);
/** However slowly it goes on, or although the goodbye is not answered. */
const ends = () => true;

const SERVICE = 'bounds-test';
export const QUEUE = deadQueueOf(SERVICE);
const serviceOf = (point: Point, fault: AmqpFault): string => `${SERVICE}-${point}-${fault}`;
/** The same works for the topology as for anything that is given less time. */
const SHORT_MS = 2_000;

const publisherAt = (url: string, patience: Patience) =>
  new RabbitPublisher({ url: async () => url, name: SERVICE, patience });

const publishing = (url: string): readonly Call[] =>
  [HASTY, PATIENT].map((patience, index) => ({
    limit: figure(index),
    make: () =>
      publisherAt(url, patience).publish({
        exchange: '',
        routingKey: QUEUE,
        body: '{}',
        messageId: SERVICE,
        type: 'test',
        mandatory: true,
        contentType: 'application/json',
      }),
    isExpected: fails((error) => error instanceof PublishError),
  }));

const token = [{ alg: 'RS256', kid: 'a' }, { sub: 'a' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('c2lnbmF0dXJl')
  .join('.');

const receiver = { attach: () => {}, receive: () => {}, detach: () => {} };

async function sessionAt(url: string, point: Point): Promise<void> {
  const consumption = {
    brokerUrl: url,
    virtualHost: '/',
    queue: QUEUE,
    prefetch: 1,
    connectionName: SERVICE,
  };
  const session = await openSession(consumption, receiver, new AbortController().signal);
  if (point !== 'channel.close') await session.cancel();
  await session.close();
}

export const drivers: Readonly<Record<string, Driver>> = {
  'engine/dynamodb/dynamodb-client.ts': {
    over: 'http',
    calls: (endpoint) => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const store = new DynamoStore(
        dynamoDbClient({ endpoint, region: 'eu-central-1', credentials }),
        'table',
      );
      const put = (pk: string) => ({ kind: 'put', item: { pk }, expects: 'absent' }) as const;
      return [
        () => store.read(['a']),
        () => store.read(['a', 'b']),
        () => store.write([put('a')]),
        () => store.write([put('a'), put('b')]),
        () => store.query({ index: 'due', partition: ['dueShard', 'due-0'], limit: 1 }),
        () => store.scan(1),
      ].map((make) => ({
        limit: figure(0),
        make,
        isExpected: fails((error) => error instanceof StoreUnavailableError),
      }));
    },
  },
  'engine/environment/secret.ts': {
    over: 'http',
    isInTurn: true,
    calls: (url) => {
      process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = url;
      return [{ limit: figure(0), make: () => fetchSecret('of a service'), isExpected: fails() }];
    },
  },
  'engine/tracing/otlp.ts': {
    over: 'http',
    isInTurn: true,
    calls: (endpoint) => {
      process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
      const outgoing = startExporting((tracers) => tracers.getTracer(SERVICE).startSpan('one').end());
      const signed = signedExporter({ endpoint, region: 'eu-central-1', timeoutMs: 2_000 });
      const sendNone = () => new Promise((ended) => signed.export([], ended));
      return [() => outgoing.forceFlush(), sendNone].map((make) => ({
        limit: figure(0),
        make,
        isExpected: ends,
      }));
    },
  },
  'engine/http/issuer-keys.ts': {
    over: 'http',
    calls: (url) => {
      process.env.JWKS_URL = url;
      const authorize = authorizing(shop);
      const event = { type: 'TOKEN', methodArn: 'arn', authorizationToken: `Bearer ${token}` } as const;
      return [
        {
          limit: figure(0),
          make: () => authorize(event),
          isExpected: fails((error) => error instanceof Error && error.message !== 'Unauthorized'),
        },
      ];
    },
  },
  'engine/rabbitmq/publisher.ts': {
    over: 'amqp',
    points: ['connect', 'channel.open', 'confirm.select'],
    calls: publishing,
  },
  'engine/rabbitmq/link.ts': { over: 'amqp', points: ['basic.publish'], calls: publishing },
  'engine/rabbitmq/queue-depth.ts': {
    over: 'amqp',
    points: ['queue.declare', 'channel.close'],
    calls: (url, point) => [
      {
        limit: figure(0),
        make: () => depthOf(QUEUE, publisherAt(url, HASTY)),
        isExpected: point === 'channel.close' ? ends : fails(),
      },
    ],
  },
  'engine/dead-letters/dead-letter-queues.ts': {
    over: 'amqp',
    points: ['basic.qos', 'basic.consume', 'basic.cancel', 'channel.close'],
    queueOf: (point, fault) => deadQueueOf(serviceOf(point, fault)),
    calls: (url, point, fault) => [
      {
        limit: figure(0),
        make: () =>
          new RabbitDeadLetterQueues(publisherAt(url, HASTY), () => SERVICE).visit(
            serviceOf(point, fault),
            { limit: 1, maxBytes: 1 },
            async () => 0,
          ),
        // What was read by then is all that there is, and nothing was removed.
        isExpected:
          point === 'basic.cancel' || point === 'channel.close'
            ? ends
            : fails((error) => error instanceof PublishError),
      },
    ],
  },
  'functions/payment/stripe-client.ts': {
    over: 'http',
    calls: async (url) => {
      process.env.STRIPE_API_BASE = url;
      const stripe = await unpacedStripe()();
      const provider = stripeProvider(() => stripe);
      const request = { lines: [], amountMinor: 100, currency: 'EUR', paymentMethod: 'pm_card_visa' };
      const paid = { ...request, paymentIntentId: 'pi_1' };
      const orderId = orderIdOf(1);
      const unknown = fails((error) => error instanceof Error && error.name === 'ProviderError');
      return [
        ...[
          () => provider.prepare(orderId, request),
          () => provider.call(orderId, paid, false),
          () => provider.call(orderId, paid, true),
          () => provider.undo(orderId, paid, false),
          () => provider.undo(orderId, paid, true),
          () => provider.observe(orderId, paid),
        ].map((make) => ({ limit: figure(0), make, isExpected: unknown })),
        {
          limit: figure(1),
          make: () => listIntents(stripe, { fromMs: 0, toMs: 1_000 }, undefined),
          isExpected: fails(),
        },
      ];
    },
  },
  'functions/webhooks/post.ts': {
    over: 'http',
    calls: (url) => [
      {
        limit: figure(0),
        make: () =>
          post(true)(url, '{}', {
            'webhook-id': 'a',
            'webhook-timestamp': '1',
            'webhook-signature': 'v1,a',
          }),
        // A status that is there says enough, however slowly the rest comes.
        isExpected: (result) => result.status === 'fulfilled' || result.reason instanceof DeliveryError,
      },
    ],
  },
  'infra/broker/management.ts': {
    over: 'http',
    calls: (url) => [{ limit: figure(0), make: () => isAccepted(url), isExpected: ends }],
  },
  'infra/broker/apply.ts': {
    over: 'amqp',
    points: ['connect', 'channel.open', 'queue.declare', 'basic.get'],
    calls: (url) => [
      {
        limit: { ms: SHORT_MS },
        make: () => applyTopology(url, topologyOf(shop, parseRetryDelays('1s')), SHORT_MS),
        isExpected: fails(),
      },
    ],
  },
  'infra/aws/rollback.ts': {
    over: 'http',
    calls: (endpoint) => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const config = { endpoint, region: 'eu-central-1', credentials };
      return [{ limit: figure(0), make: () => alarmsNow(config, ['alarm']), isExpected: fails() }];
    },
  },
  'infra/aws/topology/handler.ts': {
    over: 'http',
    calls: (ResponseURL) => [
      {
        limit: figure(0),
        // Deleted with its stack, it has nothing to do but to answer.
        make: () => topologyHandler({ RequestType: 'Delete', ResponseURL } as never),
        isExpected: ends,
      },
    ],
  },
  'infra/local/rabbitmq-event-source/broker-session.ts': {
    over: 'amqp',
    points: ['connect', 'channel.open', 'basic.qos', 'basic.consume', 'basic.cancel', 'channel.close'],
    calls: (url, point) => {
      const isGoodbye = point === 'basic.cancel' || point === 'channel.close';
      return [
        {
          limit: figure(isGoodbye ? 1 : 0),
          make: () => sessionAt(url, point),
          isExpected: isGoodbye ? ends : fails(),
        },
      ];
    },
  },
  'infra/local/rabbitmq-event-source/invoke.ts': {
    over: 'http',
    calls: (url) => [
      {
        limit: { ms: SHORT_MS },
        make: () => lambdaEndpoint(url, 'eu-central-1', true).invoke('f', Buffer.from('{}'), SHORT_MS),
        isExpected: (result) =>
          result.status === 'fulfilled' &&
          ['failed', 'refused'].includes((result.value as { readonly kind: string }).kind),
      },
    ],
  },
};
