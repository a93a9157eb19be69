import type { OutgoingMessage } from '../batch/messages.ts';
import { hashOf } from '../saga/hash.ts';
import { deadLetterExchangeOf, deadQueueOf, type RetryDelay, retryExchangeOf } from '../saga/routes.ts';
import { ATTEMPTS_HEADER, type Delivered, type Delivery, ORIGIN_HEADER } from './rabbitmq-event.ts';

export const ERROR_HEADER = 'saga-error';
export const REASON_HEADER = 'saga-dead-reason';

/** People read these headers. A stack trace would only fill the broker's frame. */
const MAX_HEADER_LENGTH = 500;

/** Such a text, as long as a header may be. */
export const header = (text: string): string => text.slice(0, MAX_HEADER_LENGTH).toWellFormed();

const base = ({ body, messageId, type, contentType }: Delivery) => ({
  body,
  messageId,
  type,
  contentType,
  mandatory: true,
});

/** Keeps the first publisher: the message comes back under the consumer's own user. */
const trace = ({ attempts, origin }: Delivery) => ({
  [ATTEMPTS_HEADER]: attempts + 1,
  [ORIGIN_HEADER]: origin,
});

/** The message for a delay queue, which returns it to its queue; after the last delay, for the dead-letter queue. */
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

/** What came so often and was never settled may be what ends the function each time. */
export const MAX_RETURNS = 5;

/**
 * The messages for the delay queues, in place of what came too often. Each has failed an attempt, and nobody knows which
 * of them was the cause. A delay queue returns none before those ahead of it. So the shortest delay goes first, and they
 * come back one by one: what ends its function again does so in other company, and at last alone.
 */
export const putAside = (
  service: string,
  deliveries: readonly Delivered[],
  delays: readonly RetryDelay[],
): readonly OutgoingMessage[] =>
  deliveries
    .map((delivery) => retryMessage(service, delivery, new CameTooOften(delivery.returns), delays))
    .toSorted((a, b) => (a.expirationMs ?? 0) - (b.expirationMs ?? 0));

class CameTooOften extends Error {
  override readonly name = 'CameTooOften';

  constructor(returns: number) {
    super(`it came ${returns} times and was never settled`);
  }
}

/**
 * The message for the delay queue that suits the delay best. No attempt is counted: to be deferred, however often, makes
 * no dead letter.
 */
export function deferredMessage(
  service: string,
  delivery: Delivery,
  afterMs: number,
  delays: readonly RetryDelay[],
): OutgoingMessage {
  const delay = delayFor(afterMs, delays);
  return {
    ...base(delivery),
    exchange: retryExchangeOf(service, delay),
    routingKey: delivery.queue,
    headers: { [ATTEMPTS_HEADER]: delivery.attempts, [ORIGIN_HEADER]: delivery.origin },
    expirationMs: Math.round(Math.min(Math.max(afterMs, 1), delay.delayMs)),
  };
}

/** The shortest that is long enough: a message waits for those before it in its queue. The longest, if none is. */
function delayFor(afterMs: number, delays: readonly RetryDelay[]): RetryDelay {
  const [shortest, ...longer] = delays.toSorted((a, b) => a.delayMs - b.delayMs);
  if (shortest === undefined) throw new RangeError('there is no delay queue');
  return [shortest, ...longer].find(({ delayMs }) => delayMs >= afterMs) ?? longer.at(-1) ?? shortest;
}

/** The message for the service's dead-letter queue. It stays there with its reason until an operator moves it. */
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

/** Spreads messages that failed together over time. Derived from the message's id, so a run can be reproduced. */
const jitter = (seed: string): number => hashOf(seed) / 2 ** 32;
