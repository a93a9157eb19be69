import { describe, expect, test } from 'vitest';
import { consume } from '../../engine/consumer/consume.ts';
import { openGenuine } from '../../engine/consumer/origin.ts';
import { deliveriesOf, type RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { sagaIdFor } from '../../engine/http/idempotency-key.ts';
import type { Declaration } from '../../engine/saga/declaration.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { payment } from '../../functions/payment/payment.ts';
import { shop } from '../../functions/shop.ts';
import { participantPayloads } from '../../infra/functions/payloads.ts';
import { trip, tripWithMail } from '../support/declared-sagas.ts';
import { scene } from '../support/engine-runs.ts';
import { observe, prepare } from '../support/prepared.ts';

/** Goal: whoever calls a consumer by hand has messages that it takes for genuine, also in a saga that nobody wrote them for. */
const sagas: readonly (Saga & Pick<Declaration, 'events'>)[] = [shop, trip, tripWithMail];
const consumersOf = (saga: (typeof sagas)[number]) =>
  saga.services.map((service) => ({
    service,
    event: participantPayloads(saga).get(service)?.() as RabbitMqEvent,
  }));

describe.each(sagas)('in the $name of $services', (saga) => {
  test.each(consumersOf(saga))('$service is given each event that it consumes', ({ service, event }) => {
    const opened = deliveriesOf(event, service).map((delivery) =>
      openGenuine(saga, delivery, (user) => user),
    );
    const types = opened.map((each) => (each.ok ? each.event.type : each.reason));
    expect(types).toEqual(saga.partOf(service).consumes);
    expect(types.length).toBeGreaterThan(0);
  });
});

test('the consumer does what the message says', async () => {
  const here = scene();
  const asked: unknown[] = [];
  const participant = payment({
    prepare,
    call: async (_, request) => {
      asked.push(request);
      return { done: { paymentIntentId: 'pi_1' } };
    },
    undo: () => Promise.reject(new Error('nobody asks')),
    observe,
  });
  await consume(
    participant,
    here.edges,
    parseRetryDelays('1s'),
  )(participantPayloads(shop).get('payment')?.() as RabbitMqEvent);
  const orderId = sagaIdFor(shop, CallerId.parse('alice'), 'events-1');
  expect(here.store.items.get(orderId)?.status).toBe('CAPTURED');
  expect(asked).toHaveLength(1);
});
