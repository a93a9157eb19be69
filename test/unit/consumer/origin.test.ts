import { expect, test } from 'vitest';
import { openGenuine } from '../../../engine/consumer/origin.ts';
import { type Delivery, deliveriesOf, type RabbitMqEvent } from '../../../engine/consumer/rabbitmq-event.ts';
import { deadLetterMessage, retryMessage } from '../../../engine/consumer/settle.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import { shop } from '../../../functions/shop.ts';
import { facts, orderIdOf } from '../../support/facts.ts';

/** Goal: an event counts as its publisher's and nobody else's, however often its consumer has put it aside. */
const captured = JSON.stringify(seal(shop, facts['payment.captured'], { sagaId: orderIdOf(1), nowMs: 0 }));
const rejected = JSON.stringify(seal(shop, facts['stock.rejected'], { sagaId: orderIdOf(1), nowMs: 0 }));
const [aWhile] = parseRetryDelays('1s');
if (aWhile === undefined) throw new Error('no delay');
const userOf = (service: string) => service;

/** As Lambda hands it over: texts in headers are bytes. */
function received(
  userId: string | null,
  body: string,
  headers: Readonly<Record<string, unknown>> = {},
): Delivery {
  const asBytes = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? { bytes: [...Buffer.from(value)].map((byte) => (byte << 24) >> 24) } : value,
  ]);
  const basicProperties = {
    ...{ messageId: 'm', type: null, contentType: null, userId },
    headers: Object.fromEntries(asBytes),
  };
  const records = [{ basicProperties, redelivered: false, data: Buffer.from(body).toString('base64') }];
  const event = { rmqMessagesByQueue: { 'order::/': records } } as unknown as RabbitMqEvent;
  const [delivery] = deliveriesOf(event, 'order');
  if (delivery === undefined) throw new Error('no delivery');
  return delivery;
}

const refusalOf = (delivery: Delivery): string | undefined => {
  const opened = openGenuine(shop, delivery, userOf);
  return opened.ok ? undefined : opened.reason;
};

test('an event from its own publisher is believed', () => {
  expect(refusalOf(received('payment', captured))).toBeUndefined();
});

test.each([
  ['inventory', '"inventory" sent it'],
  ['order', '"order" sent it'],
  ['Payment', '"Payment" sent it'],
  ['', 'nobody vouches for it'],
  [null, 'nobody vouches for it'],
])('an event of payment from the user %j is refused', (userId, reason) => {
  expect(refusalOf(received(userId, captured))).toBe(
    `payment.captured claims to come from payment, but ${reason}`,
  );
});

test('what its sender says in a header about who sent it is not believed', () => {
  expect(refusalOf(received('inventory', captured, { 'saga-origin': 'payment' }))).toMatch(
    '"inventory" sent it',
  );
  expect(refusalOf(received(null, captured, { 'saga-origin': 'payment' }))).toMatch('nobody vouches');
});

test('an event that its consumer has put off is still its publisher’s', () => {
  const message = retryMessage('order', received('payment', captured), new Error('later'), [aWhile]);
  const again = received('order', String(message.body), message.headers);
  expect(again).toMatchObject({ origin: 'payment', attempts: 1 });
  expect(refusalOf(again)).toBeUndefined();
});

// Fails where the consumer's own name makes what it has dead-lettered its own: a redrive would wash any forgery clean.
test.each([
  [null, ''],
  ['inventory', 'inventory'],
  ['payment', 'payment'],
])('an event of nobody’s or another’s (%j) is no better for having been dead-lettered', (userId, origin) => {
  const forged = userId === 'inventory' ? captured : rejected;
  const message = deadLetterMessage('order', received(userId, forged), 'forged');
  const redriven = received('order', String(message.body), message.headers);
  expect(redriven.origin).toBe(origin);
  expect(refusalOf(redriven)).toMatch('claims to come from');
});

test('where all services share one user, each of them may be it', () => {
  const opened = openGenuine(shop, received('guest', captured), () => 'guest');
  expect(opened).toMatchObject({ ok: true });
  expect(openGenuine(shop, received(null, captured), () => 'guest')).toMatchObject({ ok: false });
});
