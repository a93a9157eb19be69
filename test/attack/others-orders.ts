import { type Attack, bearer, forbidden, JSON_BODY, notFound, shortly } from './attack.ts';

const calls = [
  ['GET', ''],
  ['POST', '/cancel'],
  ['GET', '/reservation'],
  ['GET', '/payment'],
  ['GET', '/timeline'],
] as const;

/** Answered like one that does not exist, or the answer would say that it does. */
const alices = calls.map(
  ([method, rest]): Attack => ({
    name: `${method} …${rest} of Alice’s order by Mallory`,
    expected: notFound,
    request: ({ orderId, tokens }) => ({
      method,
      path: `/orders/${orderId}${rest}`,
      headers: bearer(tokens.mallory),
    }),
    secret: 'alice',
  }),
);

const ids = [
  ...[
    'ord_',
    'ord_1',
    `ord_${'A'.repeat(24)}`,
    `ord_${'A'.repeat(23)}`,
    `ord_${'A'.repeat(25)}`,
    `ORD_${'A'.repeat(24)}`,
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'undefined',
    'null',
    '0',
    '-1',
    '*',
    '%2A',
    '%00',
    '%0a',
    '%20',
  ],
  ...[
    '..%2f..%2fetc%2fpasswd',
    'ord_%2e%2e',
    "'%20OR%20'1'='1",
    '%7B%22%24ne%22%3Anull%7D',
    'ORDER%23x',
    '%F0%9F%92%A9',
  ],
  'x'.repeat(2_000),
];

const strange = ids.flatMap((id) =>
  calls.slice(0, 2).map(
    ([method, rest]): Attack => ({
      name: `${method} of the order ${shortly(id)}${rest}`,
      expected: notFound,
      request: ({ tokens }) => ({ method, path: `/orders/${id}${rest}`, headers: bearer(tokens.mallory) }),
    }),
  ),
);

/** Members that would make the order hers, if anybody read them. */
const tricks: readonly Attack[] = [
  {
    name: 'Alice’s order with Alice’s name in the query',
    expected: notFound,
    request: ({ orderId, tokens }) => ({
      path: `/orders/${orderId}?customerId=alice&owner=alice&principalId=alice&role=operator`,
      headers: bearer(tokens.mallory),
    }),
  },
  {
    name: 'Alice’s order with Alice’s name in headers',
    expected: notFound,
    request: ({ orderId, tokens }) => ({
      path: `/orders/${orderId}`,
      headers: {
        ...bearer(tokens.mallory),
        'x-customer-id': 'alice',
        'x-role': 'operator',
        'x-original-url': '/orders',
      },
    }),
  },
  {
    name: 'Alice’s order with another method in headers',
    expected: notFound,
    request: ({ orderId, tokens }) => ({
      method: 'POST',
      path: `/orders/${orderId}/cancel`,
      headers: { ...bearer(tokens.mallory), 'x-http-method-override': 'GET', 'x-method-override': 'DELETE' },
    }),
  },
  {
    name: 'her own resolution of Alice’s payment',
    expected: forbidden,
    request: ({ orderId, tokens }) => ({
      method: 'POST',
      path: `/orders/${orderId}/payment/resolve`,
      headers: { ...bearer(tokens.mallory), ...JSON_BODY },
      body: '{"reason":"mine","proof":"mine","by":"alice"}',
    }),
  },
  {
    name: 'a list of Alice’s orders by a parameter',
    expected: { status: 200, type: 'none', body: { items: [] } },
    request: ({ tokens }) => ({
      path: '/orders?customerId=alice&customerId=mallory',
      headers: bearer(tokens.mallory),
    }),
  },
];

export const othersOrders = [...alices, ...strange, ...tricks];
