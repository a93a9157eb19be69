import { type Attack, bearer, type Expected, JSON_BODY, shortly } from './attack.ts';

const missing: Expected = { status: 400, type: 'idempotency-key-missing' };
const malformed: Expected = { status: 400, type: 'idempotency-key-malformed' };
const reused: Expected = { status: 422, type: 'idempotency-key-reused' };

const order = (quantity: number, paymentMethod = 'pm_card_visa') =>
  JSON.stringify({ items: [{ sku: 'cup', quantity }], paymentMethod });

const withKey = (name: string, expected: Expected, key: string | readonly string[] | undefined): Attack => ({
  name,
  expected,
  request: ({ tokens }) => ({
    method: 'POST',
    path: '/orders',
    headers: {
      ...bearer(tokens.mallory),
      ...JSON_BODY,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: order(1),
  }),
});

const bad = [
  '',
  ' ',
  '""',
  '"',
  '"a',
  'a"',
  'a"b',
  'a\\b',
  '"a"b"',
  '"a\\"',
  'a, b',
  '"a", "b"',
  'é',
  '\u0080',
  'a\tb',
  '\tx\t\u00ff',
];

export const keys: readonly Attack[] = [
  withKey('no key', missing, undefined),
  ...bad.map((key) => withKey(`the key ${shortly(key)}`, malformed, key)),
  withKey('a key of 256 characters', malformed, 'x'.repeat(256)),
  withKey('a quoted key of 256 characters', malformed, `"${'x'.repeat(256)}"`),
  withKey('two keys', malformed, ['one', 'two']),
  withKey('two keys, one of them empty', malformed, ['one', '']),
  ...[order(2), order(1, 'pm_card_amex')].map(
    (body): Attack => ({
      name: `a key that was used before, with ${body}`,
      expected: reused,
      request: ({ tokens, idempotencyKey }) => ({
        method: 'POST',
        path: '/orders',
        headers: { ...bearer(tokens.alice), ...JSON_BODY, 'idempotency-key': idempotencyKey },
        body,
      }),
    }),
  ),
  ...['', 'a"b', 'x'.repeat(256)].map(
    (key): Attack => ({
      name: `a receipt with the key ${shortly(key)}`,
      expected: malformed,
      request: ({ tokens }) => ({
        method: 'POST',
        path: '/stock/cup/receipts',
        headers: { ...bearer(tokens.operator), ...JSON_BODY, 'idempotency-key': key },
        body: '{"quantity":1}',
      }),
    }),
  ),
];
