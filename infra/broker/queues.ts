import { deadQueueOf, type RetryDelay, retryExchangeOf, returnExchangeOf } from '../../engine/saga/routes.ts';

export interface Queue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

/**
 * More than there ever are. A participant itself puts aside what comes too often (`engine/consumer/settle.ts`). The
 * broker can't tell a message that ends its function from one that waits for the end of an alarm, and to look at a
 * dead letter delivers it too. Without a limit RabbitMQ 3.10 returns messages behind what waits, and 4 has a limit of 20.
 * https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/**
 * Dead-lettering that survives a crash: the broker holds a message until the target queue confirms it. That needs
 * `reject-publish`. https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 */
const safelyDeadLettered = (exchange: string) => ({
  ...quorum,
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': exchange,
});

export const mainQueue = (service: string, name: string): Queue => ({
  name,
  arguments: {
    ...safelyDeadLettered(''),
    'x-dead-letter-routing-key': deadQueueOf(service),
  },
});

/** A queue that is only looked at. */
export const keptQueue = (name: string): Queue => ({ name, arguments: quorum });

/**
 * Set to refuse what it has no room for, as a policy may give any queue a `max-length`: Amazon MQ's default policy for a
 * cluster does. By default such a queue drops its oldest messages, though it has confirmed them.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-defaults.html
 */
export const deadLetterQueue = (service: string): Queue => ({
  name: deadQueueOf(service),
  arguments: {
    ...quorum,
    'x-overflow': 'reject-publish',
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
