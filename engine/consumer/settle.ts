import type { OutgoingMessage } from '../batch/messages.ts';
import { hashOf } from '../saga/hash.ts';
import { deadLetterExchangeOf, deadQueueOf, type RetryDelay, retryExchangeOf } from '../saga/routes.ts';
import { ATTEMPTS_HEADER, type Delivery, ORIGIN_HEADER } from './rabbitmq-event.ts';

export const ERROR_HEADER = 'saga-error';
export const REASON_HEADER = 'saga-dead-reason';

/** Headers are for people to read; a broker's frame is not the place for a stack trace. */
const MAX_HEADER_LENGTH = 500;

const header = (text: string): string => text.slice(0, MAX_HEADER_LENGTH);

const base = ({ body, messageId, type, contentType }: Delivery) => ({
  body,
  messageId,
  type,
  contentType,
  mandatory: true,
});

/** Who sent it at first is kept: what comes back comes from its consumer's own user. */
const trace = ({ attempts, origin }: Delivery) => ({
  [ATTEMPTS_HEADER]: attempts + 1,
  [ORIGIN_HEADER]: origin,
});

/** The same message again in the queue it came from after a while, or to the dead-letter queue once every delay has been tried. */
export function retryMessage(
  service: string,
  delivery: Delivery,
  error: Error,
  delays: readonly RetryDelay[],
): OutgoingMessage {
  const delay = delays[delivery.attempts];
  const lastError = `${error.name}: ${error.message}`;
  if (delay === undefined) {
    return deadLetterMessage(service, delivery, `gave up after ${delivery.attempts + 1} attempts`, lastError);
  }
  return {
    ...base(delivery),
    exchange: retryExchangeOf(service, delay),
    routingKey: delivery.queue,
    headers: {
      ...trace(delivery),
      [ERROR_HEADER]: header(lastError),
    },
    expirationMs: Math.round(
      delay.delayMs * (0.5 + jitter(`${delivery.messageId}#${delivery.attempts}`) / 2),
    ),
  };
}

/** To the service's dead-letter queue, where it waits with its reason until an operator moves it. */
export function deadLetterMessage(
  service: string,
  delivery: Delivery,
  reason: string,
  lastError?: string,
): OutgoingMessage {
  return {
    ...base(delivery),
    exchange: deadLetterExchangeOf(service),
    routingKey: deadQueueOf(service),
    headers: {
      ...trace(delivery),
      [REASON_HEADER]: header(reason),
      ...(lastError === undefined ? {} : { [ERROR_HEADER]: header(lastError) }),
    },
  };
}

/** Spreads what failed together over time; from the message's own id, so that nothing here is random. */
const jitter = (seed: string): number => hashOf(seed) / 2 ** 32;
