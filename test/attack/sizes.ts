import { type Attack, bearer, type Expected, invalid, JSON_BODY, notFound, tooLarge } from './attack.ts';

const KB = 1_024;

const order = (name: string, expected: Expected, body: () => string | Buffer): Attack => ({
  name,
  expected,
  request: ({ tokens }) => ({
    method: 'POST',
    path: '/orders',
    headers: { ...bearer(tokens.mallory), ...JSON_BODY, 'idempotency-key': `size of ${name.length}` },
    body: body(),
  }),
});

const lines = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ sku: `sku-${at}`, quantity: 1 }));

export const sizes: readonly Attack[] = [
  order('51 lines', invalid, () => JSON.stringify({ items: lines(51), paymentMethod: 'pm_card_visa' })),
  order('a thousand lines', invalid, () =>
    JSON.stringify({ items: lines(1_000), paymentMethod: 'pm_card_visa' }),
  ),
  order('a payment method of 129 characters', invalid, () =>
    JSON.stringify({ items: lines(1), paymentMethod: `pm_${'x'.repeat(126)}` }),
  ),
  order('one byte more than 64 KB', tooLarge, () => '{"items":[]}'.padEnd(64 * KB + 1)),
  order('64 KB of characters of three bytes', tooLarge, () => JSON.stringify('€'.repeat(22 * KB))),
  order('1 MB', tooLarge, () => Buffer.alloc(KB * KB, ' ')),
  order('more than the gateway takes', tooLarge, () => Buffer.alloc(10 * KB * KB + 1, ' ')),
  order(
    '30,000 arrays in each other',
    { status: 422, type: 'invalid-content' },
    () => `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  ),
  order('a number of 60,000 digits', invalid, () => `{"items":${'9'.repeat(60_000)}}`),
  order('10,000 members', invalid, () =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`m${at}`, 0]))),
  ),
  {
    name: 'a body of 10 MB where nothing is',
    expected: notFound,
    request: () => ({ method: 'POST', path: '/nothing', body: Buffer.alloc(9 * KB * KB) }),
  },
  {
    name: 'a path of 8 KB',
    expected: notFound,
    request: ({ tokens }) => ({ path: `/${'x'.repeat(8 * KB)}`, headers: bearer(tokens.mallory) }),
  },
  {
    name: 'a SKU of 8 KB',
    expected: notFound,
    request: ({ tokens }) => ({ path: `/stock/${'x'.repeat(8 * KB)}`, headers: bearer(tokens.mallory) }),
  },
  {
    name: 'a thousand parameters',
    expected: { status: 200, type: 'none', body: { items: [] } },
    request: ({ tokens }) => ({
      path: `/orders?${Array.from({ length: 1_000 }, (_, at) => `p${at}=1`).join('&')}`,
      headers: bearer(tokens.mallory),
    }),
  },
];
