import { sagaIdFor } from '../../engine/http/idempotency-key.ts';
import type { Declaration } from '../../engine/saga/declaration.ts';
import { CONTENT_TYPE, seal } from '../../engine/saga/envelope.ts';
import { CallerId, type SagaId } from '../../engine/saga/ids.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import {
  actorOf,
  auditOf,
  canBeStuck,
  consumerOf,
  counterOf,
  deadLettersOf,
  readerOf,
  resolverOf,
} from './participant-functions.ts';
import { samplesOf } from './sample.ts';

type Known = Saga & Pick<Declaration, 'events'>;

const CALLER = CallerId.parse('alice');
/** The idempotency key in test/events/place-order.json. */
const KEY = 'events-1';
const SAID_AT_MS = Date.parse('2026-01-01T00:00:00Z');

/**
 * Events for calls by hand of the functions that every participant has, by the function's name. A consumer's event has
 * one genuine message.
 */
export const participantPayloads = (saga: Known): ReadonlyMap<string, () => unknown> =>
  new Map(
    saga.services.flatMap((service): readonly (readonly [name: string, payload: () => unknown])[] => {
      const { record, says, acts = [] } = saga.partOf(service);
      const sagaId = sagaIdFor(saga, CALLER, KEY);
      const path = { [saga.id.name]: sagaId };
      return [
        ...(record === undefined
          ? []
          : [[readerOf(record), () => request(CALLER, saga.ownerRole, path)] as const]),
        ...(record === undefined || !canBeStuck(says)
          ? []
          : [[resolverOf(record), () => resolution(path)] as const]),
        ...(record === undefined ? [] : acts.map((act) => [actorOf(act, record), () => wish(path)] as const)),
        [consumerOf(service), () => messages(saga, service, sagaId)],
        [deadLettersOf(service), () => request('olga', 'operator', {})],
        [auditOf(service), () => request('olga', 'operator', {})],
        [counterOf(service), () => ({ source: 'aws.events', 'detail-type': 'Scheduled Event' })],
      ];
    }),
  );

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
const request = (principalId: string, role: string, pathParameters: Readonly<Record<string, string>>) => ({
  httpMethod: 'GET',
  headers: { 'content-type': 'application/json' },
  pathParameters,
  queryStringParameters: null,
  body: null,
  isBase64Encoded: false,
  requestContext: { authorizer: { principalId, role } },
});

const resolution = (path: Readonly<Record<string, string>>) =>
  wish(path, { reason: 'The bank refuses it, so it was paid by transfer.', proof: 'transfer 7' });

/** What somebody of the staff wants. */
const wish = (path: Readonly<Record<string, string>>, body: object = { reason: 'asked by telephone' }) => ({
  ...request('olga', 'operator', path),
  httpMethod: 'POST',
  body: JSON.stringify(body),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
const messages = (saga: Known, service: string, sagaId: SagaId) => ({
  eventSource: 'aws:rmq',
  eventSourceArn: `arn:aws:mq:eu-central-1:000000000000:broker:${saga.name}:b-1`,
  rmqMessagesByQueue: {
    [`${queueOf(service)}::/`]: saga.partOf(service).consumes.map((type) => messageOf(saga, type, sagaId)),
  },
});

/** An event as its publisher would have said it. */
export const exampleOf = (saga: Known, type: string, sagaId = sagaIdFor(saga, CALLER, KEY)) =>
  seal(saga, { type, data: dataOf(saga, type) }, { sagaId, nowMs: SAID_AT_MS });

function messageOf(saga: Known, type: string, sagaId: SagaId) {
  const event = exampleOf(saga, type, sagaId);
  const body = Buffer.from(JSON.stringify(event));
  return {
    basicProperties: {
      contentType: CONTENT_TYPE,
      contentEncoding: null,
      headers: null,
      deliveryMode: 2,
      priority: null,
      correlationId: null,
      replyTo: null,
      expiration: null,
      messageId: event.id,
      timestamp: null,
      type,
      userId: saga.publisherOf(type),
      appId: null,
      clusterId: null,
      bodySize: body.length,
    },
    redelivered: false,
    data: body.toString('base64'),
  };
}

/** The shortest of some that its schema accepts, which is the easiest to read. */
function dataOf({ events, owner }: Known, type: string): object {
  const schema = events[type]?.schema;
  const samples = schema === undefined ? [] : samplesOf(schema, type);
  const [shortest = {}] = samples.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
  return owner in shortest ? { ...shortest, [owner]: CALLER } : shortest;
}
