import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CustomerId } from '../../functions/ids.ts';
import { type EventType, shop } from '../../functions/shop.ts';
import { parseQueueShards } from '../../infra/broker/shards.ts';
import { readWiring, type Wiring } from '../support/wiring.ts';
import { wiringChecks } from '../support/wiring-checks.ts';

const { bindings, queues } = readWiring().topology;

const binding = (wiring: Wiring, queue: string, key: string) =>
  wiring.topology.bindings.findIndex((each) => each.queue === queue && each.routingKey === key);

const rewrite = (wiring: Wiring, name: string, change: Record<string, string | number | undefined>) => {
  wiring.topology.queues = wiring.topology.queues.map((queue) => {
    const merged = Object.entries({ ...queue.arguments, ...change }).filter(
      ([, value]) => value !== undefined,
    );
    return queue.name === name
      ? { name, arguments: Object.fromEntries(merged) as typeof queue.arguments }
      : queue;
  });
};

const functionOf = (wiring: Wiring, name: string) => {
  const found = wiring.serverless.functions[name];
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
};

type Break = (wiring: Wiring) => void;

const completes = shop.completes as readonly EventType[];

/** A participant that is declared, and that is nowhere else. */
const courier: Break = (wiring) => {
  wiring.saga = defineSaga({
    ...shop,
    completes: [...completes, 'parcel.sent'],
    events: {
      ...shop.events,
      'parcel.sent': v1(z.object({})),
      'parcel.refused': v1(z.object({ customerId: CustomerId })),
    },
    participants: {
      ...shop.participants,
      courier: {
        consumes: ['stock.reserved'],
        says: { 'parcel.sent': 'step', 'parcel.refused': 'failure' },
      },
    },
  });
};

/** One that hears of an outcome only. */
const herald: Break = (wiring) => {
  wiring.saga = defineSaga({
    ...shop,
    completes,
    participants: { ...shop.participants, herald: { consumes: ['order.confirmed'], says: {} } },
  });
};

/** What a hurried change could do to the wiring, and what is then said about it. */
const broken: readonly (readonly [keyof typeof wiringChecks, complaint: string, Break])[] = [
  [
    'whatMustBeHeardIs',
    'the compensation stock.released reaches no queue',
    (wiring) => wiring.topology.bindings.splice(binding(wiring, 'order', 'stock.released'), 1),
  ],
  [
    'whatMustBeHeardIs',
    'the step order.placed reaches no queue',
    ({ topology }) => {
      topology.queues = topology.queues.filter(({ name }) => name !== 'inventory');
    },
  ],
  ['whatMustBeHeardIs', 'the step parcel.sent reaches no queue', courier],
  ['whatMustBeHeardIs', 'the outcome order.confirmed reaches no queue', herald],
  ['whatIsSubscribedArrives', 'stock.reserved does not reach courier', courier],
  ['whatIsSubscribedArrives', 'order.confirmed does not reach herald', herald],
  ['failuresReachWhoTakesPart', 'failures do not reach courier', courier],
  [
    'failuresReachWhoTakesPart',
    'failures reach herald, which has nothing to undo',
    (wiring) => {
      herald(wiring);
      const [queue] = wiring.topology.queues;
      if (queue !== undefined) wiring.topology.queues.push({ ...queue, name: 'herald' });
      wiring.topology.bindings.push({ exchange: 'saga.failures', queue: 'herald', routingKey: '' });
    },
  ],
  [
    'failuresReachWhoTakesPart',
    'failures do not reach payment',
    (wiring) => wiring.topology.bindings.splice(binding(wiring, 'payment', ''), 1),
  ],
  [
    'failuresReachWhoTakesPart',
    'saga.failures is no fanout exchange',
    ({ topology }) => {
      topology.exchanges = topology.exchanges.map((each) => ({ ...each, type: 'direct' as const }));
    },
  ],
  [
    'nothingIsBoundInVain',
    'order is bound to payment.captrued, which nobody says',
    ({ topology }) =>
      topology.bindings.push({ exchange: 'saga.events', queue: 'order', routingKey: 'payment.captrued' }),
  ],
  [
    'nothingIsBoundInVain',
    'no queue payments',
    ({ topology }) =>
      topology.bindings.push({ exchange: 'saga.failures', queue: 'payments', routingKey: '' }),
  ],
  [
    'queuesLoseNothing',
    'payment.dead is no quorum queue',
    (wiring) => rewrite(wiring, 'payment.dead', { 'x-queue-type': 'classic' }),
  ],
  [
    'queuesLoseNothing',
    'payment dead-letters at most once',
    (wiring) => rewrite(wiring, 'payment', { 'x-dead-letter-strategy': 'at-most-once' }),
  ],
  [
    'queuesLoseNothing',
    'payment.retry.5s drops what overflows',
    (wiring) => rewrite(wiring, 'payment.retry.5s', { 'x-overflow': undefined }),
  ],
  [
    'queuesLoseNothing',
    'order has no delivery limit',
    (wiring) => rewrite(wiring, 'order', { 'x-delivery-limit': undefined }),
  ],
  [
    'queuesLoseNothing',
    'order.dead forgets what is a dead letter',
    (wiring) => rewrite(wiring, 'order.dead', { 'x-message-ttl': 1_000 }),
  ],
  [
    'everyServiceHasADeadLetterQueue',
    'order does not dead-letter to order.dead',
    (wiring) => rewrite(wiring, 'order', { 'x-dead-letter-routing-key': 'payment.dead' }),
  ],
  [
    'everyServiceHasADeadLetterQueue',
    'payment does not dead-letter to payment.dead',
    ({ topology }) => {
      topology.queues = topology.queues.filter(({ name }) => name !== 'payment.dead');
    },
  ],
  [
    'delayQueuesReturn',
    'payment.retry.1s returns everything to one queue',
    (wiring) => rewrite(wiring, 'payment.retry.1s', { 'x-dead-letter-routing-key': 'order' }),
  ],
  [
    'delayQueuesReturn',
    'order.retry.1s returns to payment.retry',
    (wiring) => rewrite(wiring, 'order.retry.1s', { 'x-dead-letter-exchange': 'payment.retry' }),
  ],
  [
    'delayQueuesReturn',
    'order.retry.1s returns to the default exchange',
    (wiring) => rewrite(wiring, 'order.retry.1s', { 'x-dead-letter-exchange': '' }),
  ],
  [
    'delayQueuesReturn',
    'inventory.retry cannot bring anything back to inventory',
    ({ topology }) => {
      topology.bindings = topology.bindings.filter(({ exchange }) => exchange !== 'inventory.retry');
    },
  ],
  [
    'delayQueuesReturn',
    'inventory.retry brings something to payment',
    ({ topology }) =>
      topology.bindings.push({ exchange: 'inventory.retry', queue: 'payment', routingKey: 'payment' }),
  ],
  [
    'delayQueuesReturn',
    'payment.retry.1s is not bound',
    (wiring) => wiring.topology.bindings.splice(binding(wiring, 'payment.retry.1s', ''), 1),
  ],
  [
    'everyServiceHasItsFolder',
    'The participant courier has no folder functions/courier: make it with npm run new, or take courier out of functions/shop.ts.',
    courier,
  ],
  [
    'everyServiceHasItsFunctions',
    'The function payment-dead-letters is not functions/payment/dead-letters.handler: leave it to functions/shop.ts, and take it out of serverless.yml.',
    (wiring) => {
      functionOf(wiring, 'payment-dead-letters').handler = 'functions/order/dead-letters.handler';
    },
  ],
  [
    'everyServiceHasItsFunctions',
    'The function get-payment is not functions/payment/get-record.handler: leave it to functions/shop.ts, and take it out of serverless.yml.',
    ({ serverless }) => {
      delete serverless.functions['get-payment'];
    },
  ],
  [
    'everyHandlerExists',
    'The function payment has no file functions/payment/participate.ts: write it, as its neighbours in functions/ have it.',
    ({ sources }) => {
      delete sources['functions/payment/participate.ts'];
    },
  ],
  [
    'everyHandlerExists',
    'The function get-order is not in functions/order/decide.ts: have that file export handler.',
    (wiring) => {
      functionOf(wiring, 'get-order').handler = 'functions/order/decide.handler';
    },
  ],
  [
    'everyHandlerExists',
    'The function get-order has the handler functions/order/get.order.handler: give it exactly one dot, before what the file exports.',
    (wiring) => {
      functionOf(wiring, 'get-order').handler = 'functions/order/get.order.handler';
    },
  ],
  [
    'everyQueueHasItsFunction',
    '0 functions consume the queue courier: exactly one has it as a rabbitmq event.',
    courier,
  ],
  [
    'everyQueueHasItsFunction',
    '2 functions consume the queue order: exactly one has it as a rabbitmq event.',
    (wiring) => functionOf(wiring, 'nudge-orders').events.push({ rabbitmq: { queue: 'order' } }),
  ],
  [
    'everyQueueHasItsFunction',
    'functions/payment/participate.handler consumes the queue inventory: only a function of inventory may.',
    (wiring) => {
      functionOf(wiring, 'inventory').handler = 'functions/payment/participate.handler';
    },
  ],
  [
    'everyQueueHasItsFunction',
    'functions/order/nudge.handler consumes orders, which is nobody’s queue: name one of a participant.',
    (wiring) => functionOf(wiring, 'nudge-orders').events.push({ rabbitmq: { queue: 'orders' } }),
  ],
  [
    'everyServiceHasItsVariable',
    'PAYMENT_TABLE names no table, so payment cannot find its records: take it out of provider.environment in serverless.yml, and the declaration sets it.',
    ({ serverless }) => {
      serverless.provider.environment.PAYMENT_TABLE = '';
    },
  ],
  [
    'everyServiceHasItsTable',
    'The participant payment has no table: PAYMENT_TABLE names order-saga-local-payment, and there are only order-saga-local-order.',
    (wiring) => {
      wiring.tables = ['order-saga-local-order'];
    },
  ],
  [
    'whatIsReadIsDeclared',
    'engine/rabbitmq/broker-access.ts reads RABBITMQ_URL: name it in provider.environment in serverless.yml.',
    ({ serverless }) => {
      delete serverless.provider.environment.RABBITMQ_URL;
    },
  ],
  [
    'whatIsReadIsDeclared',
    'engine/live-table.ts reads COURIER_TABLE: name it in provider.environment in serverless.yml.',
    courier,
  ],
  [
    'whatIsReadIsDeclared',
    'functions/order/get.ts reads CURRENCY: name it in provider.environment in serverless.yml.',
    ({ sources }) => {
      sources['functions/order/get.ts'] = "const { length } = process.env['CURRENCY'] ?? '';";
    },
  ],
  [
    'whatIsReadIsDeclared',
    'functions/order/get.ts reads process.env… by a name that cannot be checked: name it in provider.environment in serverless.yml.',
    ({ sources }) => {
      sources['functions/order/get.ts'] = 'const { CURRENCY } = process.env;';
    },
  ],
];

test.each(broken)('%s complains: %s', (name, complaint, breakIt) => {
  const wiring = readWiring();
  breakIt(wiring);
  expect(wiringChecks[name](wiring)).toContain(complaint);
});

/** What could go wrong with a queue of two shards, beside all that. */
const brokenShards: typeof broken = [
  [
    'everySlotHasOneShard',
    '0 shards of order take the slot 3',
    ({ topology }) => {
      topology.bindings = topology.bindings.filter(({ headers }) => headers?.['saga-slot'] !== '3');
    },
  ],
  [
    'everySlotHasOneShard',
    '2 shards of payment take the slot 0',
    ({ topology }) => {
      const [first] = topology.bindings.filter(({ queue, headers }) => queue === 'payment.0' && headers);
      if (first !== undefined) topology.bindings.push({ ...first, queue: 'payment.1' });
    },
  ],
  [
    'everySlotHasOneShard',
    'order does not route by headers',
    ({ topology }) => {
      topology.exchanges = topology.exchanges.map((each) => ({ ...each, type: 'fanout' as const }));
    },
  ],
  [
    'everySlotHasOneShard',
    'inventory.1 takes every order of saga.failures',
    ({ topology }) =>
      topology.bindings.push({ exchange: 'saga.failures', queue: 'inventory.1', routingKey: '' }),
  ],
  [
    'everySlotHasOneShard',
    'what has no slot is lost on its way to inventory',
    ({ topology }) => {
      topology.bindings = topology.bindings.filter(({ exchange }) => exchange !== 'inventory.strays-of-2');
    },
  ],
  [
    'failuresReachWhoTakesPart',
    'failures do not reach payment',
    ({ topology }) => {
      topology.exchangeBindings = topology.exchangeBindings.filter(({ to }) => to !== 'payment');
    },
  ],
  [
    'everyQueueHasItsFunction',
    '0 functions consume the queue payment.1: exactly one has it as a rabbitmq event.',
    (wiring) => functionOf(wiring, 'payment').events.pop(),
  ],
];

test.each(brokenShards)('%s complains of shards: %s', (name, complaint, breakIt) => {
  const wiring = readWiring(parseQueueShards(shop, '2'));
  breakIt(wiring);
  expect(wiringChecks[name](wiring)).toContain(complaint);
});

test('every check has been seen to complain', () => {
  const seen = new Set([...broken, ...brokenShards].map(([name]) => name));
  expect(seen).toEqual(new Set(Object.keys(wiringChecks)));
});

test('breaking one reading breaks no other', () => {
  expect(readWiring().topology).toMatchObject({ bindings, queues });
});
