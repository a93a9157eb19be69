import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpEvent } from '../../engine/http/http.ts';
import { fingerprintOf, idempotencyKey, sagaIdFor } from '../../engine/http/idempotency-key.ts';
import { sagaIds } from '../../engine/saga/ids.ts';
import { CustomerId } from '../../functions/ids.ts';
import { OrderId, shop } from '../../functions/shop.ts';
import { anyCustomerId } from '../support/arbitrary-facts.ts';
import { foundBy, httpEvent, problemOf } from '../support/http-event.ts';

const idempotencyKeyOf = (event: HttpEvent): string => foundBy(idempotencyKey(), event).idempotencyKey;
const keyOf = (header: string): string =>
  idempotencyKeyOf(httpEvent({ headers: { 'Idempotency-Key': header } }));

describe('the header names a key', () => {
  test.each([
    ['quoted', '"8e03978e"', '8e03978e'],
    ['bare', '8e03978e', '8e03978e'],
    ['with white space around it', '  "8e03978e"\t', '8e03978e'],
    ['with white space in it', '"my key"', 'my key'],
    ['bare, with white space in it', 'my key', 'my key'],
    ['with an escaped quote', String.raw`"a\"b"`, 'a"b'],
    ['with an escaped backslash', String.raw`"a\\b"`, String.raw`a\b`],
    ['with an escaped backslash before a quote', String.raw`"a\\\"b"`, String.raw`a\"b`],
    ['with a comma, quoted', '"a,b"', 'a,b'],
    ['of one character', '"x"', 'x'],
    ['of 255 characters', `"${'x'.repeat(255)}"`, 'x'.repeat(255)],
    ['of 255 characters that are escaped', `"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])('%s', (_what, header, key) => {
    expect(keyOf(header)).toBe(key);
  });

  test('whatever the case of the header’s name', () => {
    expect(idempotencyKeyOf(httpEvent({ headers: { 'IDEMPOTENCY-KEY': '"k"' } }))).toBe('k');
  });

  test('the same with quotes and without', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_:.-]{1,255}$/), (key) => {
        expect(keyOf(`"${key}"`)).toBe(key);
        expect(keyOf(key)).toBe(key);
      }),
    );
  });
});

describe('the header is refused', () => {
  test('if it is missing', () => {
    expect(problemOf(() => idempotencyKeyOf(httpEvent({})))).toBe('idempotency-key-missing');
  });

  test.each([
    ['empty', ''],
    ['white space', '   '],
    ['empty in quotes', '""'],
    ['white space in quotes', '" "'],
    ['white space at its edges in quotes', '" a"'],
    ['256 characters', `"${'x'.repeat(256)}"`],
    ['256 characters, bare', 'x'.repeat(256)],
    ['a quote that is not closed', '"abc'],
    ['a quote that is not opened', 'abc"'],
    ['a quote inside a bare key', 'a"b'],
    ['a quote that is closed twice', '"a"b"'],
    ['only an opening quote', '"'],
    ['an escaped closing quote', String.raw`"abc\"`],
    ['an escape of something else', String.raw`"a\nb"`],
    ['a bare backslash', String.raw`a\b`],
    ['two keys', '"a", "b"'],
    ['two bare keys', 'a, b'],
    ['a line feed', '"a\nb"'],
    ['a null', '"a\u0000b"'],
    ['a delete', '"a\u007fb"'],
    ['a letter that is not ASCII', '"schlüssel"'],
  ])('if it is %s', (_what, header) => {
    expect(problemOf(() => keyOf(header))).toBe('idempotency-key-malformed');
  });

  test('or read as 1 to 255 printable characters, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', 'a', ',', ' ', '\u0007', 'é'), maxLength: 12 }),
        (header) => {
          try {
            expect(keyOf(header)).toMatch(/^[\x20-\x7e]{1,255}$/);
          } catch (error) {
            expect(error).toMatchObject({ type: 'idempotency-key-malformed' });
          }
        },
      ),
    );
  });
});

describe('one key of one customer is one order', () => {
  const orderIdFor = (customer: CustomerId, key: string) => sagaIdFor(shop, customer, key);
  const key = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' });

  test('the id depends on both and on nothing else', () => {
    fc.assert(
      fc.property(anyCustomerId, key, anyCustomerId, key, (customer, first, other, second) => {
        const id = orderIdFor(customer, first);
        expect(OrderId.parse(id)).toBe(id);
        expect(orderIdFor(customer, first)).toBe(id);
        expect(orderIdFor(other, second) === id).toBe(customer === other && first === second);
      }),
    );
  });

  test('where one ends and the other begins is part of it', () => {
    expect(orderIdFor(CustomerId.parse('ab'), 'c')).not.toBe(orderIdFor(CustomerId.parse('a'), 'bc'));
    expect(orderIdFor(CustomerId.parse('a","b'), 'c')).not.toBe(orderIdFor(CustomerId.parse('a'), 'b","c'));
  });

  test('and a saga of another name has ids of its own', () => {
    const tickets = {
      ...shop,
      initiator: 'ticket',
      id: { ...shop.id, prefix: 'tic', schema: sagaIds('tic') },
    };
    const id = sagaIdFor(tickets, CustomerId.parse('customer-1'), '8e03978e');
    expect(id).toMatch(/^tic_/);
    expect(id.slice(4)).not.toBe(orderIdFor(CustomerId.parse('customer-1'), '8e03978e').slice(4));
  });

  test('and stays the same from one release to the next', () => {
    expect(orderIdFor(CustomerId.parse('customer-1'), '8e03978e')).toBe('ord_WzSdetktHsjrRP-Pl7FjZMhW');
  });
});

describe('the fingerprint of a body', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, member]) => [name, shuffled(member)]),
    );
  };

  test('does not depend on the order of members or on white space', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const same = JSON.parse(JSON.stringify(shuffled(body), null, 3)) as unknown;
        expect(fingerprintOf(same)).toBe(fingerprintOf(JSON.parse(JSON.stringify(body))));
      }),
    );
  });

  const body = {
    items: [
      { sku: 'mug', quantity: 2 },
      { sku: 'pen', quantity: 1 },
    ],
    paymentMethod: 'pm_card_visa',
  };

  test.each([
    [
      'a quantity',
      {
        ...body,
        items: [
          { sku: 'mug', quantity: 3 },
          { sku: 'pen', quantity: 1 },
        ],
      },
    ],
    ['the order of the lines', { ...body, items: body.items.toReversed() }],
    ['one line fewer', { ...body, items: body.items.slice(1) }],
    ['a payment method', { ...body, paymentMethod: 'pm_card_mastercard' }],
    ['a member more', { ...body, note: 'please' }],
    [
      'a text for a number',
      {
        ...body,
        items: [
          { sku: 'mug', quantity: '2' },
          { sku: 'pen', quantity: 1 },
        ],
      },
    ],
    ['a member’s name', { items: body.items, payment: body.paymentMethod }],
    [
      'the order of what it lists',
      { ...body, paymentMethod: ['a', 'b'] },
      { ...body, paymentMethod: ['b', 'a'] },
    ],
  ])('differs by %s', (_what, other, from: unknown = body) => {
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(from));
  });
});

describe('a header that is sent twice', () => {
  const sent = (...values: readonly string[]): HttpEvent => ({
    ...httpEvent({ headers: { 'Idempotency-Key': values.at(-1) ?? '' } }),
    multiValueHeaders: { 'Idempotency-Key': [...values] },
  });

  // Fails where the last one wins: the retry that has lost one of them is another order.
  test('with two keys is refused', () => {
    expect(problemOf(() => idempotencyKeyOf(sent('"a"', '"b"')))).toBe('idempotency-key-malformed');
  });

  test('with the same key is read once', () => {
    expect(idempotencyKeyOf(sent('"a"', ' "a"'))).toBe('a');
  });

  test('with two keys, in two spellings of its name, is refused', () => {
    const twice = {
      ...sent('"a"'),
      multiValueHeaders: { 'Idempotency-Key': ['"a"'], 'idempotency-key': ['"b"'] },
    };
    expect(problemOf(() => idempotencyKeyOf(twice))).toBe('idempotency-key-malformed');
  });

  test('without any text, as only an invocation by hand can send it, is missing', () => {
    const empty: unknown = { ...sent(), multiValueHeaders: { 'Idempotency-Key': [null] } };
    expect(problemOf(() => idempotencyKeyOf(empty as HttpEvent))).toBe('idempotency-key-missing');
  });
});
