import { expect, test } from 'vitest';
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

const publish = (wiring: Wiring, service: string, publishes: object) => {
  const before = wiring.map[service];
  if (before !== undefined)
    wiring.map[service] = { ...before, publishes: { ...before.publishes, ...publishes } };
};

const functionOf = (wiring: Wiring, name: string) => {
  const found = wiring.serverless.functions[name];
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
};

type Break = (wiring: Wiring) => void;

const shipping: Break = ({ map }) => {
  map.shipping = { publishes: {}, consumes: ['stock.reserved'], undoneBy: {} };
};

/** What a hurried change could do to the wiring, and what is then said about it. */
const broken: readonly (readonly [keyof typeof wiringChecks, complaint: string, Break])[] = [
  [
    'everyEventHasOnePublisher',
    'payment.voided is published by 2 services',
    (wiring) => publish(wiring, 'order', { 'payment.voided': 'compensation' }),
  ],
  [
    'everyEventHasOnePublisher',
    'order.shipped is published by 0 services',
    (wiring) => {
      wiring.types = [...wiring.types, 'order.shipped' as (typeof wiring.types)[number]];
    },
  ],
  [
    'everyEventHasOnePublisher',
    'order.shipped is published but has no schema',
    (wiring) => publish(wiring, 'order', { 'order.shipped': 'outcome' }),
  ],
  [
    'everyStepAndCompensationIsHeard',
    'the compensation stock.released reaches no queue',
    (wiring) => wiring.topology.bindings.splice(binding(wiring, 'order', 'stock.released'), 1),
  ],
  [
    'everyStepAndCompensationIsHeard',
    'the step order.placed reaches no queue',
    ({ topology }) => {
      topology.queues = topology.queues.filter(({ name }) => name !== 'inventory');
    },
  ],
  ['whatIsConsumedArrives', 'stock.reserved does not reach shipping', shipping],
  [
    'whatIsConsumedArrives',
    'payment consumes stock.reserved, which is nobody’s step',
    (wiring) => publish(wiring, 'inventory', { 'stock.reserved': 'outcome' }),
  ],
  ['failuresReachEverybody', 'failures do not reach shipping', shipping],
  [
    'failuresReachEverybody',
    'failures do not reach payment',
    (wiring) => wiring.topology.bindings.splice(binding(wiring, 'payment', ''), 1),
  ],
  [
    'failuresReachEverybody',
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
    'everyFailureSaysWhoUndoesIt',
    'nothing says who undoes stock.rejected',
    ({ map }) => {
      if (map.inventory) map.inventory = { ...map.inventory, undoneBy: {} };
    },
  ],
  [
    'whoeverUndoesHasAnAnswer',
    'shipping undoes payment.declined and has no compensation to answer with',
    ({ map }) => {
      if (map.payment) map.payment = { ...map.payment, undoneBy: { 'payment.declined': ['shipping'] } };
    },
  ],
  [
    'whoeverUndoesHasAnAnswer',
    'inventory undoes payment.declined and has no compensation to answer with',
    (wiring) => publish(wiring, 'inventory', { 'stock.released': 'step' }),
  ],
  [
    'whoeverUndoesHasAnAnswer',
    'shipping has order.placed undone, which is no failure of its',
    ({ map }) => {
      map.shipping = { publishes: {}, consumes: [], undoneBy: { 'order.placed': [] } };
    },
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
    'order.dead forgets what is parked',
    (wiring) => rewrite(wiring, 'order.dead', { 'x-message-ttl': 1_000 }),
  ],
  [
    'everyServiceCanPark',
    'order does not dead-letter to order.dead',
    (wiring) => rewrite(wiring, 'order', { 'x-dead-letter-routing-key': 'payment.dead' }),
  ],
  [
    'everyServiceCanPark',
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
  ['everyQueueHasItsFunction', '0 functions consume the queue shipping', shipping],
  [
    'everyQueueHasItsFunction',
    '2 functions consume the queue order',
    (wiring) => functionOf(wiring, 'nudge-orders').events.push({ rabbitmq: { queue: 'order' } }),
  ],
  [
    'everyQueueHasItsFunction',
    'functions/payment/participate.handler consumes the queue inventory',
    (wiring) => {
      functionOf(wiring, 'inventory').handler = 'functions/payment/participate.handler';
    },
  ],
  [
    'everyQueueHasItsFunction',
    'a function consumes orders, which is not on the broker',
    (wiring) => functionOf(wiring, 'nudge-orders').events.push({ rabbitmq: { queue: 'orders' } }),
  ],
  [
    'everyHandlerExists',
    'get-order: there is no functions/order/fetch.ts',
    (wiring) => {
      functionOf(wiring, 'get-order').handler = 'functions/order/fetch.handler';
    },
  ],
  [
    'everyHandlerExists',
    'get-order: functions/order/decide.ts exports no handler',
    (wiring) => {
      functionOf(wiring, 'get-order').handler = 'functions/order/decide.handler';
    },
  ],
  [
    'everyHandlerExists',
    'get-order: functions/order/get.order.handler has not exactly one dot',
    (wiring) => {
      functionOf(wiring, 'get-order').handler = 'functions/order/get.order.handler';
    },
  ],
  [
    'whatIsReadIsDeclared',
    'engine/rabbitmq/broker-access.ts reads RABBITMQ_URL, which is not declared',
    ({ serverless }) => {
      delete serverless.provider.environment.RABBITMQ_URL;
    },
  ],
  ['whatIsReadIsDeclared', 'engine/live.ts reads SHIPPING_TABLE, which is not declared', shipping],
  [
    'whatIsReadIsDeclared',
    'functions/order/get.ts reads CURRENCY, which is not declared',
    ({ sources }) => {
      sources['functions/order/get.ts'] = "const { length } = process.env['CURRENCY'] ?? '';";
    },
  ],
  [
    'whatIsReadIsDeclared',
    'functions/order/get.ts reads process.env… by a name that cannot be checked, which is not declared',
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
    'failuresReachEverybody',
    'failures do not reach payment',
    ({ topology }) => {
      topology.exchangeBindings = topology.exchangeBindings.filter(({ to }) => to !== 'payment');
    },
  ],
  [
    'everyQueueHasItsFunction',
    '0 functions consume the queue payment.1',
    (wiring) => functionOf(wiring, 'payment').events.pop(),
  ],
];

test.each(brokenShards)('%s complains of shards: %s', (name, complaint, breakIt) => {
  const wiring = readWiring(parseQueueShards('2'));
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
