import { CONTENT_TYPE, type SagaEvent } from '../saga/envelope.ts';
import { exchangeOf } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import { slotHeader } from '../saga/slots.ts';

/** A message on its way to the broker. Always persistent, always confirmed. */
export interface OutgoingMessage<Body extends string | Buffer = string | Buffer> {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Body;
  readonly messageId: string;
  readonly type: string;
  /** An unroutable message is an error, unless nobody needs to hear it. */
  readonly mandatory: boolean;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly expirationMs?: number;
}

export function eventMessage(
  saga: Saga,
  { id, type, subject }: Pick<SagaEvent, 'id' | 'type' | 'subject'>,
  body: string,
): OutgoingMessage<string> {
  return {
    exchange: exchangeOf(saga, type),
    routingKey: type,
    body,
    messageId: id,
    type,
    mandatory: saga.isHeard(type),
    contentType: CONTENT_TYPE,
    headers: slotHeader(subject),
  };
}
