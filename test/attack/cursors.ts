import { type Attack, badRequest, bearer, shortly } from './attack.ts';

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const order = `ord_${'A'.repeat(24)}`;

const orderPositions: readonly unknown[] = [
  ...['', '{', '[]', 'null', '"x"', '0', 'true', '{}'],
  ...[
    { orderId: order },
    { createdAtMs: 1 },
    { orderId: 1, createdAtMs: 1 },
    { orderId: order, createdAtMs: '1' },
  ],
  ...[
    { orderId: order, createdAtMs: -1 },
    { orderId: order, createdAtMs: 1.5 },
    { orderId: order, createdAtMs: null },
  ],
  ...[{ orderId: 'ORDER#1', createdAtMs: 1 }, { orderId: { S: order }, createdAtMs: 1 }, { sku: 'cup' }],
  ...['{"__proto__":{"orderId":1}}', `{"orderId":"${order}","createdAtMs":1e20}`, '['.repeat(5_000)],
];

const texts = ['%00', '!!!', '%FF%FE', 'e30%3D%3D%3D', '../../etc/passwd', '%7B%7D', 'x'.repeat(6_000)];
const limits = [
  '0',
  '-1',
  '101',
  '1000000000',
  'abc',
  '1.5',
  '1e2',
  '0x10',
  '',
  '%20',
  '%D9%A3',
  'NaN',
  'Infinity',
  '1;2',
];

const ofOrders = (name: string, query: string): Attack => ({
  name,
  expected: badRequest,
  request: ({ tokens }) => ({ path: `/orders?${query}`, headers: bearer(tokens.mallory) }),
});

export const cursors: readonly Attack[] = [
  {
    name: 'Alice’s cursor, which shows Mallory nothing of Alice’s',
    expected: { status: 200, type: 'none', body: { items: [] } },
    request: ({ tokens, cursor }) => ({ path: `/orders?cursor=${cursor}`, headers: bearer(tokens.mallory) }),
    secret: 'ord_',
  },
  ...orderPositions.map((position) =>
    ofOrders(`the position ${shortly(position)}`, `cursor=${encoded(position)}`),
  ),
  ...texts.map((text) => ofOrders(`the cursor ${shortly(text)}`, `cursor=${text}`)),
  ...limits.map((limit) => ofOrders(`the limit ${shortly(limit)}`, `limit=${limit}`)),
  ...[{ sku: '' }, { sku: '../x' }, { sku: 1 }, {}, { orderId: order, createdAtMs: 1 }].map(
    (position): Attack => ({
      name: `the position ${shortly(position)} in the catalogue`,
      expected: badRequest,
      request: ({ tokens }) => ({
        path: `/stock?cursor=${encoded(position)}`,
        headers: bearer(tokens.mallory),
      }),
    }),
  ),
  ...[
    { place: 1, copies: 0 },
    { place: 'x', copies: -1 },
    { place: 'x' },
    { place: 'x', copies: 0, more: 1 },
  ].map(
    (position): Attack => ({
      name: `the position ${shortly(position)} among dead letters`,
      expected: badRequest,
      request: ({ tokens }) => ({
        path: `/dead-letters/order?cursor=${encoded(position)}`,
        headers: bearer(tokens.operator),
      }),
    }),
  ),
  ...[
    { '2026-11-30 CONFIRMED 0': 1 },
    { '2026-11-30 CONFIRMED 0': `x ${order}` },
    { '2026-11-30 CONFIRMED 0': '1 ord_x' },
    { '2026-11-30 CONFIRMED 0': `1 ${order} 2` },
    { '2026-11-30 CONFIRMED 0': { id: order, endedMs: 1 } },
    { ['x'.repeat(41)]: `1 ${order}` },
  ].map(
    (position): Attack => ({
      name: `the position ${shortly(position)} among what has ended`,
      expected: badRequest,
      request: ({ tokens }) => ({
        path: `/sagas/ended?day=2026-11-30&cursor=${encoded(position)}`,
        headers: bearer(tokens.operator),
      }),
    }),
  ),
];
