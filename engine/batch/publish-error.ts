/** No queue took a mandatory message: the topology is wrong, and an immediate retry will not help. */
export class UnroutableError extends Error {
  override readonly name = 'UnroutableError';
}

/** The broker refused the message or could not be reached: it may or may not be published. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}
