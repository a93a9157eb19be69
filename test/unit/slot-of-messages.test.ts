import { expect, test } from 'vitest';
import type { Edges } from '../../functions/runtime/edges.ts';
import { eventMessage } from '../../functions/runtime/messages.ts';
import { redrive } from '../../functions/runtime/redrive.ts';
import { seal } from '../../functions/saga/envelope.ts';
import { eventTypes } from '../../functions/saga/events.ts';
import { slotHeader } from '../../functions/saga/slots.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import { RecordingPublisher } from '../support/recording-publisher.ts';

const orderId = orderIdOf(7);

test.each(eventTypes)('%s says which slot its order is in', (type) => {
  const event = seal(facts[type], { orderId, nowMs: 0 });
  expect(eventMessage(event, '').headers).toEqual(slotHeader(orderId));
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
  const parked = { delivery, reason: '', lastError: undefined, remove: () => {} };
  await redrive('payment', parked, { publisher } as unknown as Edges);
  return publisher.published;
};

// Fails where a parked message keeps what headers it came with: the broker's own dead letters, and older ones, have none.
test('what is redriven goes to the shard of its order again, with its origin and without its attempts', async () => {
  const event = seal(facts['stock.reserved'], { orderId, nowMs: 0 });
  expect(await redriven(JSON.stringify(event))).toMatchObject([
    { exchange: 'payment', mandatory: true, headers: { ...slotHeader(orderId), 'saga-origin': 'inventory' } },
  ]);
  const [message] = await redriven(JSON.stringify(event));
  expect(message?.headers).not.toHaveProperty('saga-attempts');
});
