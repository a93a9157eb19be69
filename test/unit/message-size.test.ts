import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsumeMessage } from 'amqplib';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { seal } from '../../engine/saga/envelope.ts';
import { type Line, MAX_LINES } from '../../functions/events.ts';
import { shop } from '../../functions/shop.ts';
import { MAX_MESSAGE_BYTES } from '../../infra/broker/message-size.ts';
import { projectDir } from '../../infra/local/project.ts';
import { envelope, eventRecord } from '../../infra/local/rabbitmq-event-source/event.ts';
import { customerId, orderIdOf, paymentMethod } from '../support/facts.ts';

/** A frame holds all properties of a message, 128 KB as RabbitMQ and its clients agree by default. */
const FRAME_BYTES = 131_072;
/** The longest that a name in a header's table, or a property, may be. */
const SHORT_BYTES = 255;
/** Becomes six bytes in JSON. */
const control = '\u0001'.repeat(SHORT_BYTES);

/** A message with everything as large as it can be that the broker takes. */
const largest = (headers: object) =>
  ({
    content: Buffer.alloc(MAX_MESSAGE_BYTES),
    fields: { redelivered: false, deliveryTag: 1 },
    properties: {
      headers,
      messageId: control,
      type: control,
      contentType: control,
      userId: control,
      appId: control,
    },
  }) as unknown as ConsumeMessage;

// Each name ends in four other characters, and stands before one byte for its type, which needs no more.
const names = Array.from({ length: Math.floor(FRAME_BYTES / (SHORT_BYTES + 2)) }, (_, index) => [
  `${control.slice(4)}${String(index).padStart(4, '0')}`,
  null,
]);

test.each([
  ['names that JSON escapes', Object.fromEntries(names)],
  ['a text, which Lambda passes as signed bytes', { text: '\u0080'.repeat(FRAME_BYTES / 2) }],
])('the largest message with headers of %s fits into an event', (_, headers) => {
  const source = { eventSourceArn: 'x'.repeat(2_048), queue: control, virtualHost: control };
  expect(eventRecord(largest(headers)).bytes).toBeLessThan(envelope(source).roomBytes);
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const ITEM_BYTES = 400 * 1024;

// An event is stored in its record before it is published, and a record is one item.
test('no message of ours comes near it: an event is smaller than an item, and the largest order far smaller', () => {
  expect(ITEM_BYTES).toBeLessThan(MAX_MESSAGE_BYTES / 9);
  const items: readonly Line[] = Array.from({ length: MAX_LINES }, (_, index) => ({
    sku: `${'x'.repeat(60)}-${String(index).padStart(3, '0')}` as Line['sku'],
    quantity: 1_000,
  }));
  const placed = { type: 'order.placed', data: { customerId, paymentMethod, items } } as const;
  const event = seal(shop, placed, { sagaId: orderIdOf(1), nowMs: Date.parse('2026-01-01T00:00:00Z') });
  expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(ITEM_BYTES / 20);
});

test('the broker of docker-compose.yml takes no larger one', () => {
  const compose = parse(readFileSync(join(projectDir, 'docker-compose.yml'), 'utf8'));
  expect(compose.services.rabbitmq.environment.RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS).toBe(
    `-rabbit max_message_size ${MAX_MESSAGE_BYTES}`,
  );
});
