import { deadQueueOf, type RetryDelay, retryExchangeOf, returnExchangeOf } from '../../engine/saga/routes.ts';

export interface Queue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

/** The second line of defence: deliveries of one message before the broker itself puts it aside. */
const DELIVERY_LIMIT = 20;
/** Dead letters wait for a person, and being looked at must not use them up. */
export const PARKED_DELIVERY_LIMIT = 1_000_000;

/**
 * Dead-lettering that survives a crash: the broker holds a message until its target has confirmed it, which
 * needs `reject-publish`. https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
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

export const deadLetterQueue = (service: string): Queue => ({
  name: deadQueueOf(service),
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': PARKED_DELIVERY_LIMIT },
});

/**
 * What expires keeps the key it came with: the queue of its service that it is to return to. Not by the default
 * exchange, which takes it to any queue: a service could so write where it may not.
 */
export const delayQueue = (service: string, delay: RetryDelay): Queue => ({
  name: retryExchangeOf(service, delay),
  arguments: { ...safelyDeadLettered(returnExchangeOf(service)), 'x-message-ttl': delay.delayMs },
});
