import type { ConsumeMessage } from 'amqplib';
import { gsonDate, headerTable } from './header-value.ts';
import type { Mapping } from './settings.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
export const maximumPayloadBytes = 6 * 1024 * 1024;

/** One record of an event, as JSON text, and its size. */
export type EventRecord = { readonly json: string; readonly bytes: number };

/**
 * Makes a record once, when its message arrives: its size decides how many fit into a batch, and an event is its
 * records joined. Concatenating the members, in the order of AWS's example, takes a third as long as `JSON.stringify`
 * of the whole, which would be most of the event source's cost for large batches.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export function eventRecord({ content, fields, properties }: ConsumeMessage): EventRecord {
  const { contentType, contentEncoding, headers, deliveryMode, priority, correlationId, replyTo } =
    properties;
  const { expiration, messageId, timestamp, type, userId, appId, clusterId } = properties;
  const head =
    `{"basicProperties":{"contentType":${json(contentType)},"contentEncoding":${json(contentEncoding)},` +
    `"headers":${headers ? JSON.stringify(headerTable(headers)) : 'null'},"deliveryMode":${json(deliveryMode)},` +
    `"priority":${json(priority)},"correlationId":${json(correlationId)},"replyTo":${json(replyTo)},` +
    `"expiration":${json(expiration)},"messageId":${json(messageId)},` +
    `"timestamp":${timestamp === undefined ? 'null' : json(gsonDate(Number(timestamp)))},` +
    `"type":${json(type)},"userId":${json(userId)},"appId":${json(appId)},"clusterId":${json(clusterId)},`;
  const tail = `"bodySize":${content.length}},"redelivered":${fields.redelivered},"data":"${content.toString('base64')}"}`;
  // Only the properties can hold characters of several bytes.
  return { json: head + tail, bytes: Buffer.byteLength(head) + tail.length };
}

function json(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

export type Envelope = {
  /** The bytes of records that an event can hold, each record counted with the comma after it. */
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
