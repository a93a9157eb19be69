import type { ConsumeMessage, MessageProperties } from 'amqplib';

type Parts = {
  readonly tag?: number;
  readonly redelivered?: boolean;
  readonly body?: string | Buffer;
  readonly properties?: Partial<MessageProperties>;
};

const noProperties: MessageProperties = {
  contentType: undefined,
  contentEncoding: undefined,
  headers: undefined,
  deliveryMode: undefined,
  priority: undefined,
  correlationId: undefined,
  replyTo: undefined,
  expiration: undefined,
  messageId: undefined,
  timestamp: undefined,
  type: undefined,
  userId: undefined,
  appId: undefined,
  clusterId: undefined,
};

/** A message as amqplib delivers it: properties that were not sent are present and undefined. */
export function deliveredMessage({
  tag = 1,
  redelivered = false,
  body = '',
  properties,
}: Parts): ConsumeMessage {
  return {
    content: Buffer.from(body),
    fields: { deliveryTag: tag, redelivered, exchange: '', routingKey: 'test', consumerTag: 'consumer' },
    properties: { ...noProperties, ...properties },
  };
}

export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}
