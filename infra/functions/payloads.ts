import { sagaIdFor } from '../../engine/http/idempotency-key.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { consumerOf, counterOf, deadLettersOf, readerOf } from './participant-functions.ts';

const CALLER = CallerId.parse('alice');
/** The idempotency key in test/events/place-order.json. */
const KEY = 'events-1';

/**
 * Events for calls by hand of the functions that every participant has, by the function's name. A consumer's event has
 * no messages; test/events/ has some with messages.
 */
export const participantPayloads = (saga: Saga): ReadonlyMap<string, unknown> =>
  new Map(
    saga.services.flatMap((service): readonly (readonly [name: string, payload: unknown])[] => {
      const { record } = saga.partOf(service);
      const path = { [saga.id.name]: sagaIdFor(saga, CALLER, KEY) };
      return [
        ...(record === undefined ? [] : [[readerOf(record), request(CALLER, saga.ownerRole, path)] as const]),
        [consumerOf(service), noMessages(saga, service)],
        [deadLettersOf(service), request('olga', 'operator', {})],
        [counterOf(service), { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
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

/** https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
const noMessages = ({ name }: Saga, service: string) => ({
  eventSource: 'aws:rmq',
  eventSourceArn: `arn:aws:mq:eu-central-1:000000000000:broker:${name}:b-1`,
  rmqMessagesByQueue: { [`${queueOf(service)}::/`]: [] },
});
