/** No queue took a mandatory message: the topology is wrong, and an immediate retry will not help. */
export class UnroutableError extends Error {
  override readonly name = 'UnroutableError';
}

/** The broker refused the message or could not be reached: it may or may not be published. */
export class PublishError extends Error {
  override readonly name: string = 'PublishError';
}

/**
 * The broker is short of memory or disk, and reads no connection that has published. The message may still be published
 * when the alarm is over. https://www.rabbitmq.com/docs/alarms
 */
export class BrokerBlockedError extends PublishError {
  override readonly name = 'BrokerBlockedError';
}
