import { deadQueueOf, type RetryDelay, retryExchangeOf, returnExchangeOf } from '../../engine/saga/routes.ts';

export interface Queue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

/** The second line of defence: after so many deliveries the broker itself dead-letters a message. */
const DELIVERY_LIMIT = 20;
/** Looking at a message delivers it. A dead letter waits for an operator, and looking must not use up its deliveries. */
export const LOOKED_AT_DELIVERY_LIMIT = 1_000_000;

/**
 * Dead-lettering that survives a crash: the broker holds a message until the target queue confirms it. That needs
 * `reject-publish`. https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 */
const safelyDeadLettered = (exchange: string) => ({
  'x-queue-type': 'quorum',
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': exchange,
});

export const mainQueue = (service: string, name: string): Queue => ({
  name,
  arguments: {
    ...safelyDeadLettered(''),
    'x-dead-letter-routing-key': deadQueueOf(service),
    'x-delivery-limit': DELIVERY_LIMIT,
  },
});

/**
 * Set to refuse what it has no room for, as a policy may give any queue a `max-length`: Amazon MQ's default policy for a
 * cluster does. By default such a queue drops its oldest messages, though it has confirmed them.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-defaults.html
 */
export const deadLetterQueue = (service: string): Queue => ({
  name: deadQueueOf(service),
  arguments: {
    'x-queue-type': 'quorum',
    'x-overflow': 'reject-publish',
    'x-delivery-limit': LOOKED_AT_DELIVERY_LIMIT,
  },
});

/**
 * An expired message keeps its routing key, which names the queue to return to. It does not go through the default
 * exchange, which leads to every queue: a service could then write to a queue that it must not write to.
 */
export const delayQueue = (service: string, delay: RetryDelay): Queue => ({
  name: retryExchangeOf(service, delay),
  arguments: { ...safelyDeadLettered(returnExchangeOf(service)), 'x-message-ttl': delay.delayMs },
});
