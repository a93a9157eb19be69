import { expect, test } from 'vitest';
import type { Edges } from '../../../engine/batch/edges.ts';
import { eventMessage } from '../../../engine/batch/messages.ts';
import { redrive } from '../../../engine/dead-letters/redrive.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { slotHeader } from '../../../engine/saga/slots.ts';
import { shop } from '../../../functions/shop.ts';
import { facts, knownTypes, orderIdOf } from '../../support/facts.ts';
import { RecordingPublisher } from '../../support/recording-publisher.ts';

const orderId = orderIdOf(7);

test.each(knownTypes)('%s says which slot its order is in', (type) => {
  const event = seal(shop, facts[type], { sagaId: orderId, nowMs: 0 });
  expect(eventMessage(shop, event, '').headers).toEqual(slotHeader(orderId));
});

const redriven = async (body: string) => {
  const publisher = new RecordingPublisher();
  const delivery = {
    queue: 'payment.dead',
    body: Buffer.from(body),
    messageId: 'id',
    type: '',
    contentType: '',
    origin: 'inventory',
    attempts: 4,
  };
  const deadLetters = { delivery, reason: '', lastError: undefined, remove: () => {} };
  await redrive({ saga: shop, service: 'payment' }, deadLetters, { publisher } as unknown as Edges);
  return publisher.published;
};

// Fails where a dead letter keeps what headers it came with: the broker's own dead letters, and older ones, have none.
test('what is redriven goes to the shard of its order again, with its origin and without its attempts', async () => {
  const event = seal(shop, facts['stock.reserved'], { sagaId: orderId, nowMs: 0 });
  expect(await redriven(JSON.stringify(event))).toMatchObject([
    { exchange: 'payment', mandatory: true, headers: { ...slotHeader(orderId), 'saga-origin': 'inventory' } },
  ]);
  const [message] = await redriven(JSON.stringify(event));
  expect(message?.headers).not.toHaveProperty('saga-attempts');
});
