import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../engine/batch/store.ts';
import { TROUBLE, troubleIn } from '../../engine/batch/trouble.ts';
import { consume } from '../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { REASON_HEADER } from '../../engine/consumer/settle.ts';
import { eventId, open } from '../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { order } from '../../functions/order/order.ts';
import type { Provider } from '../../functions/payment/decide.ts';
import { payment } from '../../functions/payment/payment.ts';
import { type EventType, type Fact, type OrderId, type Service, shop } from '../../functions/shop.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import { check, quietLogs, report, Sightings, shareOf } from '../support/fuzz/campaign.ts';
import {
  hostileMessage,
  invocation,
  type Message,
  messageOf,
  settled,
  textKey,
} from '../support/fuzz/messages.ts';
import { oneInEach, orderItem, paymentItem, reservationItem, stockItem } from '../support/fuzz/saga-items.ts';
import { type StrictEdges, strictEdges } from '../support/fuzz/strict-edges.ts';
import { observe, prepare } from '../support/prepared.ts';

/**
 * Goal: P7. No message of whatever kind kills a consumer, is lost, or holds up a good one beside it.
 * Method: batches of hostile messages with good ones among them, through the whole handler, on a table and a
 * publisher that never fail but refuse what the real ones refuse. So each message has to be done or dead-lettered at
 * once; what is put off for another attempt is a fault of the message that was taken for an outage.
 */
const MAX_BATCH = 40;
const FIRST_GOOD_ORDER = 1_000;

/** A message that is good, what it needs to find, and what has to have come of it. */
interface Good {
  readonly fact: Fact;
  readonly given?: (orderId: OrderId) => Item;
  readonly becomes: string;
  readonly says?: EventType;
}

const declinedCard = {
  ...facts['stock.reserved'],
  data: { ...facts['stock.reserved'].data, paymentMethod: 'pm_card_chargeDeclined' },
} as Fact;

const goods = {
  order: [
    {
      fact: facts['payment.captured'],
      given: (id) => orderItem(id, 'PENDING'),
      becomes: 'CONFIRMED',
      says: 'order.confirmed',
    },
    {
      fact: facts['stock.rejected'],
      given: (id) => orderItem(id, 'PENDING'),
      becomes: 'CANCELLED',
      says: 'order.cancelled',
    },
    { fact: facts['stock.released'], given: (id) => orderItem(id, 'PENDING'), becomes: 'PENDING' },
  ],
  inventory: [
    { fact: facts['order.placed'], becomes: 'RESERVED', says: 'stock.reserved' },
    {
      fact: facts['order.cancelling'],
      given: (id) => reservationItem(id, 'RESERVED'),
      becomes: 'RELEASED',
      says: 'stock.released',
    },
    { fact: facts['payment.declined'], becomes: 'RELEASED', says: 'stock.released' },
  ],
  payment: [
    { fact: facts['stock.reserved'], becomes: 'CAPTURED', says: 'payment.captured' },
    { fact: declinedCard, becomes: 'DECLINED', says: 'payment.declined' },
    {
      fact: facts['order.cancelling'],
      given: (id) => paymentItem(id, 'CAPTURED'),
      becomes: 'REFUNDED',
      says: 'payment.refunded',
    },
    { fact: facts['order.cancelling'], becomes: 'VOIDED', says: 'payment.voided' },
  ],
} satisfies { readonly [S in Service]?: readonly Good[] };

/** Those whose good messages are known here. */
type Fuzzed = keyof typeof goods;
const fuzzed = Object.keys(goods) as readonly Fuzzed[];

const provider: Provider = {
  prepare,
  call: async (_, { paymentMethod }) =>
    paymentMethod === 'pm_card_chargeDeclined'
      ? { refused: { decline: { code: 'card_declined', message: 'No.' } } }
      : { done: { paymentIntentId: 'pi_1' } },
  undo: async () => ({ refundId: 're_1' }),
  observe,
};

type Consumer = (edges: StrictEdges) => (event: RabbitMqEvent) => Promise<void>;
const retryDelays = parseRetryDelays('1s,5s');
const consumers: { readonly [S in Fuzzed]: Consumer } = {
  order: (edges) => consume(order, edges, retryDelays),
  inventory: (edges) => consume(inventory, edges, retryDelays),
  payment: (edges) => consume(payment(provider), edges, retryDelays),
};

/** What the table holds of the orders that hostile messages are about: the rest of them is unknown to it. */
const given: { readonly [S in Fuzzed]: readonly Item[] } = {
  order: oneInEach(['PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED', 'PENDING'] as const, 1, orderItem),
  inventory: [
    ...oneInEach(['RESERVED', 'REJECTED', 'RELEASED', 'RESERVED'] as const, 1, reservationItem),
    stockItem('mug'),
    stockItem('pen'),
  ],
  payment: oneInEach(
    ['CHARGING', 'VOIDING', 'CAPTURED', 'REFUNDING', 'REFUNDED', 'DECLINED', 'VOIDED'] as const,
    1,
    paymentItem,
  ),
};

const keyOf = (service: Service, orderId: string) => (service === 'inventory' ? `ORDER#${orderId}` : orderId);

interface Slot {
  readonly message: Message;
  readonly good?: Good;
}

const slot = (service: Fuzzed): fc.Arbitrary<(orderId: OrderId) => fc.Arbitrary<Slot>> =>
  fc.oneof(
    { weight: 3, arbitrary: hostileMessage(service).map((message) => () => fc.constant({ message })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<Good>(...goods[service])
        .map(
          (good) => (orderId: OrderId) => messageOf(orderId, good.fact).map((message) => ({ message, good })),
        ),
    },
  );

/** Good messages are each about an order of their own, which no hostile one knows of. */
const batchFor = (service: Fuzzed): fc.Arbitrary<readonly Slot[]> =>
  fc
    .array(slot(service), { minLength: 1, maxLength: MAX_BATCH, size: 'max' })
    .chain((slots) => fc.tuple(...slots.map((make, index) => make(orderIdOf(FIRST_GOOD_ORDER + index)))));

const { lines } = quietLogs();

describe.each(fuzzed)('the consumer of %s', (service) => {
  const sightings = new Sightings();

  async function verify(slots: readonly Slot[]): Promise<void> {
    lines.length = 0;
    const goodItems = slots.flatMap(
      ({ good }, index) => good?.given?.(orderIdOf(FIRST_GOOD_ORDER + index)) ?? [],
    );
    const edges = strictEdges([...given[service], ...goodItems]);
    const before = new Map(edges.store.items);
    await consumers[service](edges)(
      invocation(
        service,
        slots.map(({ message }) => message),
      ),
    );
    const { deadLetters, delayed } = settled(service, edges.publisher.published);
    expect([...delayed.keys()], 'put off although nothing is down').toEqual([]);

    const writable = new Set<string>();
    for (const [index, { message, good }] of slots.entries()) {
      const key = textKey(message.body);
      const isDeadLetter = deadLetters.has(key);
      sightings.saw('messages');
      sightings.saw(good ? 'good' : isDeadLetter ? 'dead letter' : 'done');
      if (good !== undefined) {
        const orderId = orderIdOf(FIRST_GOOD_ORDER + index);
        const orderKey = keyOf(service, orderId);
        writable.add(orderKey);
        expect(isDeadLetter, 'a good message is a dead letter').toBe(false);
        expect(edges.store.items.get(orderKey)?.status).toBe(good.becomes);
        if (good.says !== undefined) {
          const said = edges.publisher.ids.filter(
            (id) => id === eventId(orderId, good.says ?? 'order.placed'),
          );
          expect(said).toHaveLength(1);
        }
      } else if (!isDeadLetter) {
        const opened = open(shop, message.body);
        if (!opened.ok) throw new Error(`neither done nor dead-lettered: ${opened.reason}`);
        expect(isUtf8(message.body), 'taken although it is no UTF-8').toBe(true);
        writable.add(keyOf(service, opened.event.subject));
      }
    }
    expect(deadLetterBodies(edges)).toEqual(bodiesOf(slots, deadLetters));
    const reasons = new Set<string>();
    for (const { exchange, headers = {}, routingKey, body } of edges.publisher.published) {
      if (exchange !== routingKey)
        expect(open(shop, Buffer.from(body))).toEqual({ ok: true, event: JSON.parse(String(body)) });
      if (routingKey !== `${service}.dead`) continue;
      const reason = String(headers[REASON_HEADER] ?? '');
      expect(reason).toMatch(/^.{1,500}$/s);
      sightings.saw(kindOf(reason));
      reasons.add(reason);
    }
    const changed = [...edges.store.items].filter(([key, item]) => before.get(key) !== item);
    const [noted, written] = [true, false].map((isNote) =>
      changed.filter(([key]) => key.startsWith(TROUBLE) === isNote),
    ) as [typeof changed, typeof changed];
    for (const [key, item] of noted) {
      const { error, isDeadLetter } = troubleIn(item);
      expect(reasons, `${key} notes what became of no message`).toContain(error);
      expect(isDeadLetter, `${key} notes a dead letter`).toBe(true);
      sightings.saw('noted');
    }
    const unexplained = written.filter(([key]) => !writable.has(key) && !key.startsWith('SKU#'));
    expect(unexplained, 'written for a message that was refused').toEqual([]);
  }

  test('does every message or makes it a dead letter with a reason, and good ones are not held up', async () => {
    const wanted = shareOf(1 / 6);
    for (let round = 0; sightings.count('messages') < wanted; round += 1) {
      await check(batchFor(service), 100, verify, round * fuzzed.length + fuzzed.indexOf(service));
    }
    report(`messages for ${service}`, sightings);
    expect(sightings.missing([...seenByAll, ...seenBy[service]])).toEqual([]);
  }, 240_000);
});

const seenByAll = [
  ...[
    'good',
    'dead letter',
    'noted',
    'done',
    'not JSON in UTF',
    'not a CloudEvent of the saga',
    'unknown event type',
  ],
  ...['in an unknown version', 'does not come from', 'claims to come from', 'fails its schema'],
];
const seenBy: { readonly [S in Fuzzed]: readonly string[] } = {
  order: ['never placed', 'is not for order', 'for a confirmed saga'],
  inventory: ['is not for inventory'],
  payment: ['is not for payment'],
};
const kinds = [...seenByAll.slice(3), ...Object.values(seenBy).flat()];

const kindOf = (reason: string): string => kinds.find((kind) => reason.includes(kind)) ?? reason;

const deadLetterBodies = ({ publisher }: StrictEdges): readonly string[] =>
  publisher.published
    .filter(({ exchange, routingKey }) => exchange === routingKey && routingKey.endsWith('.dead'))
    .map(({ body }) => textKey(body))
    .toSorted();

/** Each message of the batch that is a dead letter, as often as it is in the batch. */
const bodiesOf = (slots: readonly Slot[], deadLetters: ReadonlyMap<string, number>): readonly string[] =>
  slots
    .map(({ message }) => textKey(message.body))
    .filter((key) => deadLetters.has(key))
    .toSorted();
