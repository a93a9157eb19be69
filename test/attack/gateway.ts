import {
  type Attack,
  badRequest,
  bearer,
  type Expected,
  notFound,
  tooLarge,
  unauthorized,
} from './attack.ts';

/**
 * What the gateway answers by itself. One list for both: the laptop is asked, and of the template that AWS gets it is read that
 * the answer of this kind is the same. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export interface GatewayAttack extends Attack {
  readonly kind: 'UNAUTHORIZED' | 'MISSING_AUTHENTICATION_TOKEN' | 'REQUEST_TOO_LARGE' | 'DEFAULT_4XX';
}

const noRoute = (method: string, path: string): GatewayAttack => ({
  name: `${method} ${path}, which is no call`,
  kind: 'MISSING_AUTHENTICATION_TOKEN',
  expected: method === 'HEAD' ? { ...notFound, type: 'bodyless' } : notFound,
  request: ({ tokens, orderId }) => ({
    method,
    path: path.replace('{orderId}', orderId),
    headers: bearer(tokens.alice),
  }),
});

const badEscape = (path: string): GatewayAttack => ({
  name: `the path ${path}`,
  kind: 'DEFAULT_4XX',
  expected: badRequest,
  request: ({ tokens }) => ({ path, headers: bearer(tokens.alice) }),
});

export const gatewayAnswers: readonly GatewayAttack[] = [
  ...['/', '/orders', '/orders/{orderId}', '/stock', '/stock/cup', '/health', '/dead-letters/order'].map(
    (path) => noRoute('HEAD', path),
  ),
  ...['/orders', '/stock/cup', '/health'].map((path) => noRoute('OPTIONS', path)),
  ...['/orders', '/orders/{orderId}', '/stock', '/stock/cup'].flatMap((path) =>
    ['DELETE', 'PATCH', 'TRACE'].map((method) => noRoute(method, path)),
  ),
  noRoute('PUT', '/orders'),
  noRoute('POST', '/health'),
  noRoute('GET', '/orders/{orderId}/cancel'),
  noRoute('GET', '/webhooks/stripe'),
  ...[
    '/nothing',
    '/Orders',
    '/orders/a/b/c',
    '//orders',
    '/.env',
    '/admin',
    '/stock/cup/receipts/1',
    '/prod/orders',
  ].map((path) => noRoute('GET', path)),
  ...['/orders/%', '/orders/%zz', '/orders/%C0%AF', '/orders/%E0%80%80', '/stock/%FF'].map(badEscape),
  {
    name: 'no token',
    kind: 'UNAUTHORIZED',
    expected: unauthorized,
    request: () => ({ path: '/orders' }),
  },
  {
    name: 'a body of more than 10 MB',
    kind: 'REQUEST_TOO_LARGE',
    expected: tooLarge,
    request: ({ tokens }) => ({
      method: 'POST',
      path: '/orders',
      headers: bearer(tokens.alice),
      body: Buffer.alloc(10 * 1_024 * 1_024 + 1),
    }),
  },
];

const slash = (path: string, expected: Expected): Attack => ({
  name: `a slash at the end: ${path}`,
  expected,
  request: ({ tokens }) => ({ path, headers: bearer(tokens.mallory) }),
});

/** A function answers these: API Gateway takes a slash at the end for nothing. */
export const gateway: readonly Attack[] = [
  ...gatewayAnswers,
  slash('/health/', { status: 200, type: 'none', body: { status: 'ok' } }),
  slash('/orders/', { status: 200, type: 'none', body: { items: [] } }),
  slash('/orders/nothing/', notFound),
];
