import { type Attack, badRequest, bearer, type Expected, invalid, JSON_BODY, shortly } from './attack.ts';

let next = 0;

const send = (name: string, expected: Expected, body: string | Buffer, headers = {}): Attack => {
  next += 1;
  const key = `pollution-${next}`;
  return {
    name,
    expected,
    request: ({ tokens }) => ({
      method: 'POST',
      path: '/orders',
      headers: { ...bearer(tokens.mallory), ...JSON_BODY, 'idempotency-key': key, ...headers },
      body,
    }),
  };
};

const line = { sku: 'cup', quantity: 1 };
const good = { items: [line], paymentMethod: 'pm_card_visa' };

/** With members that somebody might trust, or that change every object. */
const bodies: readonly unknown[] = [
  ...[[], null, 'text', 7, true, {}, [good]],
  ...['customerId', 'orderId', 'status', 'totalMinor', 'role', 'constructor', 'prototype', 'fingerprint'].map(
    (name) => ({
      ...good,
      [name]: 'CONFIRMED',
    }),
  ),
  ...[{ unitPriceMinor: 1 }, { price: 0 }, { status: 'RESERVED' }].map((more) => ({
    ...good,
    items: [{ ...line, ...more }],
  })),
  ...[0, -1, 1.5, 10_001, 1e308, '1', null, [1], { N: '1' }, true].map((quantity) => ({
    ...good,
    items: [{ ...line, quantity }],
  })),
  ...[
    '',
    ' ',
    '../x',
    'a/b',
    'a b',
    'STOCK#cup',
    'x'.repeat(65),
    '\u0000',
    'é',
    '__proto__',
    { S: 'cup' },
    ['cup'],
    null,
  ].map((sku) => ({ ...good, items: [{ ...line, sku }] })),
  ...[null, {}, 'cup', [[line]], [null], { 0: line, length: 1 }].map((items) => ({ ...good, items })),
  { ...good, items: [line, line] },
  ...[
    undefined,
    null,
    '',
    {},
    ['pm_card_visa'],
    'pm_',
    ' pm_card_visa',
    'pm_card_visa\n',
    'pm_<script>',
    'src_1',
    'card_1',
    'ba_1',
  ].map((paymentMethod) => ({ ...good, paymentMethod })),
];

const texts: readonly (readonly [string, Expected])[] = [
  ['{"__proto__":{"role":"operator"},"items":[],"paymentMethod":"pm_1"}', invalid],
  ['{"items":[{"sku":"cup","quantity":1,"__proto__":{"quantity":9}}],"paymentMethod":"pm_1"}', invalid],
  ['{"items":[{"sku":"cup","quantity":1,"quantity":9}],"paymentMethod":"pm_1"}', badRequest],
  ['{"items":[{"sku":"cup","quantity":1}],"paymentMethod":"pm_1","paymentMethod":"pm_2"}', badRequest],
  ['{"items":[],"\\u0069tems":[],"paymentMethod":"pm_1"}', badRequest],
  ['{"items":[{"sku":"\\ud800","quantity":1}],"paymentMethod":"pm_1"}', invalid],
  ...['{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '{"a":01}', '\u0000', '{} {}', '// {}', 'items=1'].map(
    (text) => [text, badRequest] as const,
  ),
];

export const pollution: readonly Attack[] = [
  ...bodies.map((body, at) => send(`${at + 1}: ${shortly(body)}`, invalid, JSON.stringify(body))),
  ...texts.map(([text, expected]) => send(text, expected, text)),
  send('no body', badRequest, ''),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'text/json',
    'application/xml',
    'multipart/form-data',
  ].map((type) =>
    send(`the content type ${type}`, { status: 415, type: 'unsupported-media-type' }, JSON.stringify(good), {
      'content-type': type,
    }),
  ),
  ...[
    { available: -1 },
    { available: 1.5 },
    { unitPriceMinor: 0.5 },
    { unitPriceMinor: -1 },
    { currency: 'eur' },
    { currency: 'XXX' },
    { sku: 'other' },
    { stocktakenAt: 'x' },
  ].map(
    (change): Attack => ({
      name: `a stocktake with ${shortly(change)}`,
      expected: invalid,
      request: ({ tokens }) => ({
        method: 'PUT',
        path: '/stock/cup',
        headers: { ...bearer(tokens.operator), ...JSON_BODY },
        body: JSON.stringify({
          available: 1,
          unitPriceMinor: 100,
          currency: 'EUR',
          reason: 'counted',
          ...change,
        }),
      }),
    }),
  ),
];
