import { CONTENT_TYPE, seal } from '../../../engine/saga/envelope.ts';
import { application } from '../../application.ts';
import type { Call, Message } from './scenario.ts';

/** The event that the function would get from API Gateway or its queue, or the scenario's own payload. */
export function payloadOf(call: Call): unknown {
  if (call.messages !== undefined) return batchOf(call.invoke, call.messages);
  return call.as === undefined ? (call.payload ?? {}) : requestOf(call, call.as);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function requestOf({ method, path, headers, body }: Call, as: string) {
  const caller =
    as === 'operator'
      ? { principalId: 'olga', role: 'operator' }
      : { principalId: as, role: application.ownerRole };
  return {
    httpMethod: method,
    headers: { 'content-type': 'application/json', ...headers },
    pathParameters: path,
    queryStringParameters: null,
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { authorizer: caller },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
const batchOf = (queue: string, messages: readonly Message[]) => ({
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:local:b-1',
  rmqMessagesByQueue: { [`${queue}::/`]: messages.map(recordOf) },
});

function recordOf(message: Message) {
  const { body, ...properties } = 'text' in message ? textOf(message) : eventOf(message);
  const basicProperties = { ...properties, contentType: CONTENT_TYPE };
  return { basicProperties, redelivered: false, data: Buffer.from(body).toString('base64') };
}

const textOf = ({ text, id }: Extract<Message, { text: string }>) => ({
  ...{ messageId: id, type: null, userId: null, headers: null },
  body: text,
});

function eventOf({ type, order, data, attempts }: Extract<Message, { type: string }>) {
  const sagaId = application.id.schema.parse(order);
  // The function under test decides whether the data fit the type.
  const event = seal(application, { type, data }, { sagaId, nowMs: Date.now() });
  const headers = attempts === 0 ? null : { 'saga-attempts': attempts };
  return {
    messageId: event.id,
    type,
    userId: application.publisherOf(type),
    headers,
    body: JSON.stringify(event),
  };
}
