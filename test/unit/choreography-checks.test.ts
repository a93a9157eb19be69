import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { CustomerId } from '../../functions/ids.ts';
import { type EventType, shop } from '../../functions/shop.ts';
import { participantChecks } from '../../infra/local/wiring/checks.ts';
import { readWiring, repository, type Wiring } from '../support/wiring.ts';
import { wiringChecks } from '../support/wiring-checks.ts';

const {
  topology: { bindings, queues },
  tables,
} = readWiring();

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

/** One that hears of an outcome only, which reaches nobody. */
const herald: Break = (wiring) => {
  const { topology } = wiring;
  topology.bindings = topology.bindings.filter(({ routingKey }) => routingKey !== 'order.confirmed');
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
    'payment.retry.5s drops messages when it is full',
    (wiring) => rewrite(wiring, 'payment.retry.5s', { 'x-overflow': undefined }),
  ],
  [
    'queuesLoseNothing',
    'payment.dead drops messages when it is full',
    (wiring) => rewrite(wiring, 'payment.dead', { 'x-overflow': undefined }),
  ],
  [
    'queuesLoseNothing',
    'order has no delivery limit',
    (wiring) => rewrite(wiring, 'order', { 'x-delivery-limit': undefined }),
  ],
  [
    'queuesLoseNothing',
    'order.dead drops dead letters',
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
    'inventory.retry does not lead back to inventory',
    ({ topology }) => {
      topology.bindings = topology.bindings.filter(({ exchange }) => exchange !== 'inventory.retry');
    },
  ],
  [
    'delayQueuesReturn',
    'inventory.retry leads to payment',
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
    'There is no function get-payment, which runs functions/payment/get-record.handler: let serverless.yml name the plugin ./infra/functions/plugin.ts.',
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
    'messages without a slot do not reach inventory',
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

const yml = readFileSync(join(repository, 'serverless.yml'), 'utf8');

/** A serverless.yml in which something stands otherwise. */
const otherwise = (before: string, after: string): string => {
  if (yml.split(before).length !== 2) throw new Error(`${before} does not stand once in serverless.yml`);
  return yml.replace(before, () => after);
};
const without = (line: string) => otherwise(line, '');
const environment = (line: string) => otherwise('  environment:\n', `  environment:\n    ${line}\n`);
const ofPutStock = (lines: string) => otherwise('  put-stock:\n', `  put-stock:\n${lines}`);

type Check = keyof typeof participantChecks;

/** What somebody could write into serverless.yml, and what is then said about it. */
const misconfigured: readonly (readonly [Check, complaint: string, yml: string])[] = [
  [
    'everyPluginIsNamed',
    'serverless.yml does not name the plugin ./infra/broker/plugin.ts: add it to plugins, and what functions/shop.ts declares is there.',
    without('  - ./infra/broker/plugin.ts\n'),
  ],
  [
    'everyServiceHasItsFunctions',
    'There is no function payment, which runs functions/payment/participate.handler: let serverless.yml name the plugin ./infra/functions/plugin.ts.',
    without('  - ./infra/functions/plugin.ts\n'),
  ],
  [
    'everyHandlerExists',
    'The function put-stock has no file functions/inventory/putting.ts: write it, as its neighbours in functions/ have it.',
    otherwise('functions/inventory/put-stock.handler', 'functions/inventory/putting.handler'),
  ],
  [
    'everyQueueHasItsFunction',
    '0 functions consume the queue payment: exactly one has it as a rabbitmq event.',
    without('  - ./infra/functions/plugin.ts\n'),
  ],
  [
    'everyQueueHasItsFunction',
    '2 functions consume the queue order: exactly one has it as a rabbitmq event.',
    otherwise(
      '  put-stock:\n',
      '  another:\n    handler: functions/order/participate.handler\n    events:\n      - rabbitmq: { queue: order }\n  put-stock:\n',
    ),
  ],
  [
    'everyServiceHasItsVariable',
    'PAYMENT_TABLE names no table, so payment cannot find its records: take it out of provider.environment in serverless.yml, and the declaration sets it.',
    environment("PAYMENT_TABLE: ''"),
  ],
  [
    'everyServiceHasItsVariable',
    'INVENTORY_TABLE names no table, so inventory cannot find its records: take it out of the environment of the function put-stock in serverless.yml, and the declaration sets it.',
    ofPutStock("    environment: { INVENTORY_TABLE: '' }\n"),
  ],
  [
    'everyServiceHasItsTable',
    `The participant payment has no table: PAYMENT_TABLE names payments, and there are only ${tables.join(', ')}.`,
    environment('PAYMENT_TABLE: payments'),
  ],
  [
    'everyServiceHasItsTable',
    `The participant inventory has no table: INVENTORY_TABLE names stock, and there are only ${tables.join(', ')}.`,
    ofPutStock('    environment: { INVENTORY_TABLE: stock }\n'),
  ],
  [
    'everyServiceHasItsTable',
    'PAYMENT_TABLE names order-saga-local-order, which is the table of order, too: take it out of provider.environment in serverless.yml, and the declaration sets it.',
    environment(`PAYMENT_TABLE: order-saga-\${sls:stage}-order`),
  ],
  [
    'whatIsReadIsDeclared',
    'engine/live-table.ts reads PAYMENT_TABLE: name it in provider.environment in serverless.yml.',
    without('  - ./infra/functions/plugin.ts\n'),
  ],
  [
    'whatIsReadIsDeclared',
    'engine/http/authorizer.ts reads TOKEN_AUDIENCE: name it in provider.environment in serverless.yml.',
    without(`    TOKEN_AUDIENCE: \${env:TOKEN_AUDIENCE, 'order-saga'}\n`),
  ],
];

test.each(misconfigured)('%s complains of serverless.yml: %s', (name, complaint, text) => {
  expect(participantChecks[name](readWiring(undefined, text))).toContain(complaint);
});

test('without the plugin that gives a queue its shards, nobody consumes them', () => {
  const text = without('  - ./infra/broker/plugin.ts\n');
  const complaints = participantChecks.everyQueueHasItsFunction(
    readWiring(parseQueueShards(shop, '2'), text),
  );
  expect(complaints).toContain(
    '0 functions consume the queue payment.1: exactly one has it as a rabbitmq event.',
  );
});

test('a function that a participant has anyway is refused like the framework refuses it', () => {
  const text = otherwise(
    '  put-stock:\n',
    '  get-payment:\n    handler: functions/order/get.handler\n  put-stock:\n',
  );
  expect(() => readWiring(undefined, text)).toThrow(/^The function get-payment is defined twice: /);
});

test('every check has been seen to complain', () => {
  const seen = new Set([...broken, ...brokenShards].map(([name]) => name));
  const ofYml = new Set(misconfigured.map(([name]) => name));
  expect(new Set([...seen, ...ofYml])).toEqual(new Set(Object.keys(wiringChecks)));
  // Folders are no matter of serverless.yml's.
  expect(new Set([...ofYml, 'everyServiceHasItsFolder'])).toEqual(new Set(Object.keys(participantChecks)));
  const seenOfYml = new Set([...misconfigured.map(([name]) => name), 'everyServiceHasItsFolder']);
  expect(seenOfYml).toEqual(new Set(Object.keys(participantChecks)));
});

test('breaking one reading breaks no other', () => {
  expect(readWiring().topology).toMatchObject({ bindings, queues });
});
