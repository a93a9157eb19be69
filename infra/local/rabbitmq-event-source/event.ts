import type { ConsumeMessage } from 'amqplib';
import { gsonDate, headerTable } from './header-value.ts';
import type { Mapping } from './settings.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
export const maximumPayloadBytes = 6 * 1024 * 1024;

/**
 * One record of the event, as JSON text. It is made once, when the message arrives: its size decides how many records
 * fit into a batch, and an event is then only its records joined.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export function recordJson({ content, fields, properties }: ConsumeMessage): string {
  return JSON.stringify({
    basicProperties: {
      contentType: properties.contentType ?? null,
      contentEncoding: properties.contentEncoding ?? null,
      headers: properties.headers === undefined ? null : headerTable(properties.headers),
      deliveryMode: properties.deliveryMode ?? null,
      priority: properties.priority ?? null,
      correlationId: properties.correlationId ?? null,
      replyTo: properties.replyTo ?? null,
      expiration: properties.expiration ?? null,
      messageId: properties.messageId ?? null,
      timestamp: properties.timestamp === undefined ? null : gsonDate(Number(properties.timestamp)),
      type: properties.type ?? null,
      userId: properties.userId ?? null,
      appId: properties.appId ?? null,
      clusterId: properties.clusterId ?? null,
      bodySize: content.length,
    },
    redelivered: fields.redelivered,
    data: content.toString('base64'),
  });
}

export type Envelope = {
  /** How many bytes of records an event can hold, each counted with the comma after it. */
  readonly roomBytes: number;
  readonly payload: (records: readonly string[]) => Buffer;
};

type Source = Pick<Mapping, 'eventSourceArn' | 'queue' | 'virtualHost'>;

export function envelope({ eventSourceArn, queue, virtualHost }: Source): Envelope {
  const arn = JSON.stringify(eventSourceArn);
  const key = JSON.stringify(`${queue}::${virtualHost}`);
  const head = `{"eventSource":"aws:rmq","eventSourceArn":${arn},"rmqMessagesByQueue":{${key}:[`;
  const tail = ']}}';
  return {
    roomBytes: maximumPayloadBytes - Buffer.byteLength(head) - tail.length,
    payload: (records) => Buffer.from(head + records.join(',') + tail),
  };
}
