import { expect, test } from 'vitest';
import {
  envelope,
  eventRecord,
  maximumPayloadBytes,
} from '../../../infra/local/rabbitmq-event-source/event.ts';
import { gsonDate, headerValue } from '../../../infra/local/rabbitmq-event-source/header-value.ts';
import { deliveredMessage } from '../../support/event-source/message.ts';

const eventSourceArn = 'arn:aws:mq:us-west-2:111122223333:broker:test:b-9bcfa592-423a-4942-879d-eb284b418fc8';

test("the event of AWS's documentation comes out as it stands there", () => {
  const body = '{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}';
  const record = eventRecord(
    deliveredMessage({
      body,
      properties: {
        contentType: 'text/plain',
        headers: { header1: 'value1', header2: 'value2', numberInHeader: 10 },
        deliveryMode: 1,
        priority: 34,
        expiration: '60000',
        timestamp: 2021,
        userId: 'AIDACKCEVSQ6C2EXAMPLE',
      },
    }),
  );
  const { payload } = envelope({ eventSourceArn, queue: 'test', virtualHost: '/' });
  expect(payload([record.json]).toString()).toBe(
    JSON.stringify({
      eventSource: 'aws:rmq',
      eventSourceArn,
      rmqMessagesByQueue: {
        'test::/': [
          {
            basicProperties: {
              contentType: 'text/plain',
              contentEncoding: null,
              headers: {
                header1: { bytes: [118, 97, 108, 117, 101, 49] },
                header2: { bytes: [118, 97, 108, 117, 101, 50] },
                numberInHeader: 10,
              },
              deliveryMode: 1,
              priority: 34,
              correlationId: null,
              replyTo: null,
              expiration: '60000',
              messageId: null,
              timestamp: 'Jan 1, 1970, 12:33:41 AM',
              type: null,
              userId: 'AIDACKCEVSQ6C2EXAMPLE',
              appId: null,
              clusterId: null,
              bodySize: body.length,
            },
            redelivered: false,
            data: 'eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==',
          },
        ],
      },
    }),
  );
});

test('a message without properties has all fifteen, and all but its size are null', () => {
  const { basicProperties } = JSON.parse(eventRecord(deliveredMessage({ body: 'é' })).json);
  expect(Object.keys(basicProperties)).toHaveLength(15);
  expect(basicProperties).toMatchObject({ headers: null, timestamp: null, deliveryMode: null, bodySize: 2 });
  expect(Object.values(basicProperties).filter((value) => value !== null)).toEqual([2]);
});

test("a record's size counts bytes, not characters", () => {
  const properties = { messageId: 'ü', headers: { é: 1 } };
  const { json, bytes } = eventRecord(deliveredMessage({ body: 'ß', properties }));
  expect(bytes).toBe(Buffer.byteLength(json));
  expect(bytes).toBe(json.length + 2);
});

test.each([
  ['', { bytes: [] }],
  ['é', { bytes: [-61, -87] }],
  [0, 0],
  [-1.5, -1.5],
  [false, false],
  [null, null],
  [undefined, null],
  [Buffer.from([0, 127, 128, 255]), [0, 127, -128, -1]],
  [
    [1, ['a'], {}],
    [1, [{ bytes: [97] }], {}],
  ],
  [{ a: { b: null } }, { a: { b: null } }],
  [{ '!': 'timestamp', value: 0 }, 'Jan 1, 1970, 12:00:00 AM'],
  [{ '!': 'decimal', value: { digits: 5, places: 1 } }, 0.5],
  [
    { '!': 'timestamp', value: 'no number' },
    { '!': headerValue('timestamp'), value: headerValue('no number') },
  ],
])('the header value %j becomes %j', (value, expected) => {
  expect(headerValue(value)).toEqual(expected);
});

test.each([
  [0, 'Jan 1, 1970, 12:00:00 AM'],
  [43_199, 'Jan 1, 1970, 11:59:59 AM'],
  [43_200, 'Jan 1, 1970, 12:00:00 PM'],
  [1_709_251_199, 'Feb 29, 2024, 11:59:59 PM'],
  [1_735_689_600, 'Jan 1, 2025, 12:00:00 AM'],
])('%d seconds are %s', (epochSeconds, expected) => {
  expect(gsonDate(epochSeconds)).toBe(expected);
});

test('a timestamp beyond every date does not stop the message', () => {
  expect(gsonDate(2 ** 63)).toBe('Jan 1, 1970, 12:00:00 AM');
});

test('records that fill the room make a payload of 6 MB at most', () => {
  const { payload, roomBytes } = envelope({ eventSourceArn, queue: 'schöne "Queue"', virtualHost: '/' });
  const size = Math.floor(roomBytes / 3) - 1;
  const records = Array.from({ length: 3 }, () => '0'.repeat(size));
  const { length } = payload(records);
  expect(length).toBeLessThanOrEqual(maximumPayloadBytes);
  expect(length).toBeGreaterThan(maximumPayloadBytes - 5);
});
