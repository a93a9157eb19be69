import { encodeCursor } from '../../engine/http/paging.ts';
import { staffRolesOf } from '../../engine/http/role.ts';
import { shop } from '../../functions/shop.ts';
import { type Attack, badRequest, bearer, forbidden, invalid, JSON_BODY, unauthorized } from './attack.ts';

/** One call for each right of the staff, or for one of several; a body that would be carried out. */
const calls: readonly (readonly [right: string, method: string, path: string, body?: string])[] = [
  ['support', 'POST', '/orders/{orderId}/cancel', '{"reason":"x"}'],
  ['support', 'POST', '/orders/{orderId}/nudge', '{"reason":"x"}'],
  ['support auditor', 'GET', '/sagas'],
  ['support auditor', 'GET', '/sagas/counts'],
  ['support auditor', 'GET', '/sagas/ended?day=2026-11-30'],
  ['support auditor', 'GET', '/sagas/ended/counts?day=2026-11-30'],
  ['support auditor', 'GET', '/lookup?id={orderId}'],
  ['settlements', 'POST', '/orders/{orderId}/payment/resolve', '{"reason":"x","proof":"x"}'],
  ['stock', 'PUT', '/stock/cup', '{"available":1,"unitPriceMinor":1,"currency":"EUR","reason":"x"}'],
  ['stock', 'POST', '/stock/cup/receipts', '{"quantity":1}'],
  ['dead-letters', 'GET', '/dead-letters/order'],
  ['dead-letters', 'POST', '/dead-letters/payment/redrive', '{"reason":"x"}'],
  ['dead-letters', 'POST', '/dead-letters/inventory/discard', '{"reason":"x","type":"x"}'],
  ['auditor', 'GET', '/audit/order'],
];

type Claims = { readonly role: string; readonly scope?: string };

const attackOf = (
  name: string,
  claims: Claims,
  [, method, path, body]: (typeof calls)[number],
  expected = forbidden,
): Attack => ({
  name,
  expected,
  request: async ({ system, orderId }) => ({
    method,
    path: path.replace('{orderId}', orderId),
    headers: {
      ...bearer(await system.signToken({ name: 'mallory', ...claims })),
      ...(body === undefined ? {} : { ...JSON_BODY, 'idempotency-key': 'k' }),
    },
    ...(body === undefined ? {} : { body }),
  }),
});

/** Each member of staff where another one's right is needed. */
const others = staffRolesOf(shop)
  .filter((role) => role !== 'operator')
  .flatMap((role) =>
    calls
      .filter(([right]) => !right.split(' ').includes(role))
      .map((call) => attackOf(`${call[1]} ${call[2]} in the role ${role}`, { role }, call)),
  );

/** Scopes that an application could have asked for. */
const scopes = [
  ...[
    'operator',
    'support operator',
    'Support',
    'support,auditor',
    'support\tauditor',
    '*',
    'admin',
    'openid',
  ],
].map((scope) =>
  attackOf(`staff with the scope ${JSON.stringify(scope)}`, { role: 'staff', scope }, [
    '',
    'GET',
    '/dead-letters/order',
  ]),
);
const ofCustomers = [...['support', 'operator', 'auditor dead-letters settlements stock support']].flatMap(
  (scope) =>
    calls
      .filter(([, , path]) => !path.endsWith('/cancel'))
      .map((call) =>
        attackOf(
          `${call[1]} ${call[2]} by a customer with the scope ${scope}`,
          { role: 'customer', scope },
          call,
        ),
      ),
);
const roles = ['support operator', 'operator support', 'staff support', 'auditor,support', 'AUDITOR'].map(
  (role) => attackOf(`the role ${role}`, { role }, ['', 'GET', '/audit/order'], unauthorized),
);

const cursorOf = (position: Readonly<Record<string, string | number>>) =>
  encodeCursor({ service: 'order', day: '2026-11-30', entry: 'audit#x', atMs: 1, ...position });
const queries = [
  ...['day=yesterday', 'day=2026-02-30', 'by=', `about=${'x'.repeat(256)}`, 'limit=1000', 'cursor=e30'],
  ...[
    { service: 'payment' },
    { entry: 'SKU#cup' },
    { entry: 'pseudonym-key#alice' },
    { day: '2026-11-29' },
  ].map((position) => `day=2026-11-30&cursor=${cursorOf(position)}`),
].map((query) =>
  attackOf(
    `GET /audit/order?${query}`.slice(0, 120),
    { role: 'auditor' },
    ['', 'GET', `/audit/order?${query}`],
    badRequest,
  ),
);

const unreasoned = [
  ['POST', '/orders/{orderId}/cancel', '{}'],
  ['POST', '/orders/{orderId}/cancel', '{"reason":""}'],
  ['POST', '/orders/{orderId}/cancel', '{"reason":"4242424242424242"}'],
  ['POST', '/orders/{orderId}/nudge', '{}'],
  ['POST', '/orders/{orderId}/nudge', '{"dryRun":false}'],
  ['PUT', '/stock/cup', '{"available":1,"unitPriceMinor":1,"currency":"EUR"}'],
  ['POST', '/dead-letters/order/redrive', '{}'],
  ['POST', '/dead-letters/order/redrive', '{"dryRun":false}'],
].map(([method = '', path = '', body = '']) =>
  attackOf(
    `${method} ${path} ${body} by an operator, for no reason`,
    { role: 'operator' },
    ['', method, path, body],
    invalid,
  ),
);

const position = encodeCursor({ shard: 'due-9' });
const misled = [
  ...['status=CONFIRMED', 'status=', 'olderThan=1', 'olderThan=1m&olderThan=-1m', 'service=identity'],
  ...['reason=', 'limit=1000', 'cursor=e30', `cursor=${position}`],
]
  .map((query) => `/sagas?${query}`)
  .concat(['/lookup', '/lookup?id=', '/lookup?idempotencyKey=x', `/lookup?id=${'x'.repeat(600)}`])
  .map((path) => attackOf(`GET ${path}`.slice(0, 120), { role: 'auditor' }, ['', 'GET', path], badRequest));

/** Staff who want more than they were given, or leave no reason. */
export const staff = [...others, ...scopes, ...ofCustomers, ...roles, ...queries, ...misled, ...unreasoned];
