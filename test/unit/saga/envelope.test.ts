import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventId, type Occasion, open, seal } from '../../../engine/saga/envelope.ts';
import { type Fact, shop } from '../../../functions/shop.ts';
import { anyFact, anyOrderId, factOf } from '../../support/arbitrary-facts.ts';
import { facts, knownTypes, orderIdOf } from '../../support/facts.ts';

const orderId = orderIdOf(1);
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const anyOccasion: fc.Arbitrary<Occasion> = fc.record(
  {
    sagaId: anyOrderId,
    nowMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
    traceparent: fc.tuple(hex(32), hex(16), hex(2)).map((parts) => `00-${parts.join('-')}`),
  },
  { requiredKeys: ['sagaId', 'nowMs'] },
);

describe('what is sealed is what is opened', () => {
  test.each(knownTypes)('%s', (type) => {
    fc.assert(
      fc.property(factOf(type), anyOccasion, (fact, occasion) => {
        const sealed = seal(shop, fact, occasion);
        expect(open(shop, bytes(sealed))).toEqual({ ok: true, event: sealed });
        expect(sealed).toMatchObject({
          subject: occasion.sagaId,
          time: new Date(occasion.nowMs).toISOString(),
        });
      }),
    );
  });

  test('under an id that only the order and the type make, whenever it is said', () => {
    fc.assert(
      fc.property(anyFact, anyFact, anyOccasion, anyOccasion, (one, other, first, second) => {
        const ids = [seal(shop, one, first).id, seal(shop, other, second).id];
        const same = one.type === other.type && first.sagaId === second.sagaId;
        expect(ids[0] === ids[1]).toBe(same);
        expect(seal(shop, one, { ...second, sagaId: first.sagaId }).id).toBe(ids[0]);
        expect(eventId(first.sagaId, one.type)).toBe(ids[0]);
      }),
    );
  });
});

describe('what can never succeed is refused with its reason', () => {
  const captured = facts['payment.captured'];
  const sealed = seal(shop, captured, { sagaId: orderId, nowMs: 0 });
  const { data: _, ...withoutData } = sealed;
  const { subject: __, ...withoutSubject } = sealed;

  test.each<[what: string, body: Uint8Array, reason: string]>([
    ['nothing', bytes(''), 'not JSON in UTF-8'],
    [
      'half a surrogate pair, which no table takes',
      bytes({
        ...seal(shop, facts['order.cancelling'], { sagaId: orderId, nowMs: 0 }),
        data: { customerId: '\ud83d', cause: '' },
      }),
      'customerId: must be Unicode',
    ],
    ['text', bytes('hello'), 'not JSON in UTF-8'],
    ['half of it', bytes(JSON.stringify(sealed).slice(0, -1)), 'not JSON in UTF-8'],
    ['Latin-1', Buffer.from(JSON.stringify({ ...sealed, note: 'ü' }), 'latin1'), 'not JSON in UTF-8'],
    ['a number', bytes('7'), 'not a CloudEvent of the saga: (root)'],
    ['null', bytes('null'), 'not a CloudEvent of the saga: (root)'],
    ['a list', bytes([sealed]), 'not a CloudEvent of the saga: (root)'],
    [
      'another specversion',
      bytes({ ...sealed, specversion: '0.3' }),
      'not a CloudEvent of the saga: specversion',
    ],
    ['no subject', bytes(withoutSubject), 'not a CloudEvent of the saga: subject'],
    [
      'a subject that is no order',
      bytes({ ...sealed, subject: 'order-1' }),
      'not a CloudEvent of the saga: subject',
    ],
    [
      'a subject and more',
      bytes({ ...sealed, subject: `${orderId}\n` }),
      'not a CloudEvent of the saga: subject',
    ],
    ['an empty id', bytes({ ...sealed, id: '' }), 'not a CloudEvent of the saga: id'],
    ['a time that is none', bytes({ ...sealed, time: 'yesterday' }), 'not a CloudEvent of the saga: time'],
    [
      'another media type',
      bytes({ ...sealed, datacontenttype: 'text/xml' }),
      'not a CloudEvent of the saga: datacontenttype',
    ],
    [
      'a trace that is none',
      bytes({ ...sealed, traceparent: '1' }),
      'not a CloudEvent of the saga: traceparent',
    ],
    ['an unknown type', bytes({ ...sealed, type: 'order.shipped' }), 'unknown event type "order.shipped"'],
    ['a member of every object', bytes({ ...sealed, type: 'toString' }), 'unknown event type "toString"'],
    [
      'a later version',
      bytes({ ...sealed, dataschema: 'urn:order-saga:payment.captured:v2' }),
      'payment.captured in an unknown version',
    ],
    [
      'another type’s version',
      bytes({ ...sealed, dataschema: 'urn:order-saga:order.placed:v1' }),
      'payment.captured in an unknown version',
    ],
    ['another source', bytes({ ...sealed, source: 'order' }), 'payment.captured does not come from "order"'],
    ['no data', bytes(withoutData), 'not a CloudEvent of the saga: data'],
    [
      'half a cent',
      bytes({ ...sealed, data: { ...captured.data, amountMinor: 0.5 } }),
      'payment.captured fails its schema: amountMinor',
    ],
    [
      'too much',
      bytes({ ...sealed, data: { ...captured.data, amountMinor: 1e8 } }),
      'payment.captured fails its schema: amountMinor',
    ],
    [
      'no currency',
      bytes({ ...sealed, data: { ...captured.data, currency: 'euro' } }),
      'payment.captured fails its schema: currency',
    ],
  ])('%s', (_what, body, reason) => {
    const opened = open(shop, body);
    expect(opened).toMatchObject({ ok: false });
    expect(opened.ok ? '' : opened.reason).toContain(reason);
  });

  test('and the reason stays short, however long the message is', () => {
    const long = 'x'.repeat(10_000);
    for (const body of [
      { ...sealed, type: long },
      { ...sealed, dataschema: long },
      { ...sealed, data: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${long}${n}`, 1])) },
      {
        ...seal(shop, facts['stock.released'], { sagaId: orderId, nowMs: 0 }),
        data: { lines: Array(50).fill(long) },
      },
    ]) {
      const opened = open(shop, bytes(body));
      expect(opened.ok ? Number.POSITIVE_INFINITY : opened.reason.length).toBeLessThan(1_000);
    }
  });
});

describe('hostile input is opened or refused, and never thrown at', () => {
  const isAnswered = (body: Uint8Array): void => {
    const opened = open(shop, body);
    if (opened.ok) expect(knownTypes).toContain(opened.event.type);
    else expect(opened.reason).not.toBe('');
  };

  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), isAnswered));
  });

  test('any JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => isAnswered(bytes(text))));
  });

  test('a valid event with one member that is anything', () => {
    const member = fc.constantFrom(
      'specversion',
      'id',
      'source',
      'type',
      'subject',
      'time',
      'dataschema',
      'traceparent',
      'data',
      '__proto__',
    );
    fc.assert(
      fc.property(anyFact, member, fc.json(), (fact, name, json) => {
        const valid = JSON.stringify(seal(shop, fact as Fact, { sagaId: orderId, nowMs: 0 }));
        isAnswered(bytes(`${valid.slice(0, -1)},${JSON.stringify(name)}:${json}}`));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a valid event with one byte changed', () => {
    fc.assert(
      fc.property(anyFact, fc.nat(), fc.integer({ min: 0, max: 255 }), (fact, position, byte) => {
        const body = bytes(seal(shop, fact, { sagaId: orderId, nowMs: 0 }));
        body[position % body.length] = byte;
        isAnswered(body);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a prototype in the data reaches nothing', () => {
    const valid = JSON.stringify(seal(shop, facts['payment.voided'], { sagaId: orderId, nowMs: 0 }));
    const opened = open(
      shop,
      bytes(
        valid.replace(
          '"data":{}',
          '"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
        ),
      ),
    );
    expect(opened).toMatchObject({ ok: true, event: { data: {} } });
    expect(opened.ok && 'polluted' in opened.event.data).toBe(false);
    expect('polluted' in {}).toBe(false);
  });

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"data":', '}'],
  ])('a hundred thousand %s in each other', (_what, before, after) => {
    const deep = `${before.repeat(100_000)}1${after.repeat(100_000)}`;
    isAnswered(bytes(deep));
    for (const type of knownTypes) {
      const valid = JSON.stringify({ ...seal(shop, facts[type], { sagaId: orderId, nowMs: 0 }), data: 0 });
      isAnswered(bytes(valid.replace('"data":0', `"data":${deep}`)));
      isAnswered(
        bytes(valid.replace('"data":0', `"data":{"items":${deep},"lines":${deep},"decline":${deep}}`)),
      );
    }
  });
});
