import { expect, test } from 'vitest';
import { deliveriesOf, propertyText, type RabbitMqEvent } from '../../../engine/consumer/rabbitmq-event.ts';

const eventOf = (basicProperties: object): RabbitMqEvent =>
  ({
    eventSource: 'aws:rmq',
    eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
    rmqMessagesByQueue: { 'order::/': [{ basicProperties, redelivered: false, data: 'e30=' }] },
  }) as unknown as RabbitMqEvent;

test('a delivery without properties has empty ones and was never tried', () => {
  expect(
    deliveriesOf(
      eventOf({ messageId: null, type: null, contentType: null, userId: null, headers: null }),
      'order',
    ),
  ).toEqual([
    {
      queue: 'order',
      body: Buffer.from('{}'),
      messageId: '',
      type: '',
      contentType: '',
      origin: '',
      attempts: 0,
      returns: 0,
    },
  ]);
});

// Fails where the one is taken that RabbitMQ 4.3 leaves at 0 when a batch is returned by a basic.nack.
test.each([
  [undefined, 0],
  [{}, 0],
  [{ 'x-delivery-count': 4 }, 4],
  [{ 'x-acquired-count': 7 }, 7],
  [{ 'x-acquired-count': 7, 'x-delivery-count': 2 }, 7],
  [{ 'x-delivery-count': { bytes: [55] } }, 0],
  [{ 'x-delivery-count': -3 }, 0],
  [{ 'x-delivery-count': 0.5 }, 0],
  [{ 'x-delivery-count': Number.POSITIVE_INFINITY }, 0],
])('headers %j say that it came %d times before', (headers, returns) => {
  const event = eventOf({ messageId: null, type: null, contentType: null, userId: null, headers });
  expect(deliveriesOf(event, 'order')).toMatchObject([{ returns }]);
});

// Fails where they are passed on as they were read: the publisher cannot encode them, takes its connection for
// lost, and the whole batch comes again until the broker puts all of it aside.
test('properties that were no UTF-8 are short enough to be published again', () => {
  const asRead = Buffer.alloc(255, 0xff).toString('utf8');
  const [delivery] = deliveriesOf(
    eventOf({ messageId: asRead, type: asRead, contentType: asRead, userId: asRead, headers: {} }),
    'order',
  );
  for (const text of [delivery?.messageId, delivery?.type, delivery?.contentType, delivery?.origin]) {
    expect(text).toBe('\ufffd'.repeat(85));
  }
});

test.each([
  ['x'.repeat(255), 'x'.repeat(255)],
  ['x'.repeat(256), 'x'.repeat(255)],
  // Two bytes of it would fit, but half a character is none.
  [`${'x'.repeat(253)}€`, 'x'.repeat(253)],
  ['half a pair: \ud83d', 'half a pair: \ufffd'],
])('a text of %j is cut between characters', (text, cut) => {
  expect(propertyText(text)).toBe(cut);
});
