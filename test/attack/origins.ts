import { type Attack, bearer, JSON_BODY, notForPages, notFound, type Request } from './attack.ts';
import type { Scene } from './scene.ts';

/** What a page would do at each local port if it could. */
const wishes: Readonly<Record<NonNullable<Request['port']>, (scene: Scene) => Request>> = {
  api: ({ tokens }) => ({
    method: 'PUT',
    path: '/stock/cup',
    headers: { ...bearer(tokens.operator), ...JSON_BODY },
    body: '{"available":0,"unitPriceMinor":1,"currency":"EUR","reason":"x"}',
  }),
  lambda: () => ({
    method: 'POST',
    path: '/2015-03-31/functions/order-saga-local-put-stock/invocations',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({
      pathParameters: { sku: 'cup' },
      headers: JSON_BODY,
      body: '{"available":0,"unitPriceMinor":1,"currency":"EUR","reason":"x"}',
      requestContext: { authorizer: { principalId: 'olga', role: 'operator' } },
    }),
  }),
  payments: () => ({
    method: 'PUT',
    path: '/sandbox/settings',
    headers: { 'content-type': 'text/plain' },
    body: '{"outage":"refuse"}',
  }),
  issuer: () => ({ path: '/.well-known/jwks.json' }),
};
const ports = ['api', 'lambda', 'payments', 'issuer'] as const;

const pages = [
  'http://evil.example',
  'null',
  'https://127.0.0.1',
  'http://localhost:1',
  'http://127.0.0.1.evil.example',
];
const names = [
  'evil.example',
  '127.0.0.1.evil.example',
  'localhost.evil.example:3000',
  '0.0.0.0',
  '169.254.169.254',
];

const asPage = (
  port: (typeof ports)[number],
  what: string,
  header: Readonly<Record<string, string>>,
): Attack => ({
  name: `${port}: ${what}`,
  expected: notForPages,
  request: (scene) => {
    const wish = wishes[port](scene);
    return { ...wish, port, headers: { ...wish.headers, ...header } };
  },
});

export const origins: readonly Attack[] = [
  ...ports.flatMap((port) => pages.map((origin) => asPage(port, `a page of ${origin}`, { origin }))),
  ...ports.flatMap((port) =>
    names.map((host) => asPage(port, `the name ${host}, pointed at this machine`, { host })),
  ),
  ...ports.map((port) =>
    asPage(port, 'a page under a name of its own', { host: 'evil.example', origin: 'http://evil.example' }),
  ),
  ...ports.map(
    (port): Attack => ({
      name: `${port}: a page asks for leave first`,
      expected: notForPages,
      request: () => ({
        port,
        method: 'OPTIONS',
        path: '/orders',
        headers: {
          origin: 'http://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,idempotency-key',
        },
      }),
    }),
  ),
  {
    name: 'api: its own page asks for leave, which serverless.yml gives nobody',
    expected: notFound,
    request: ({ system }) => ({
      method: 'OPTIONS',
      path: '/orders',
      headers: { origin: system.urls.api, 'access-control-request-method': 'POST' },
    }),
  },
  {
    name: 'api: its own page reads, and is given no leave for others',
    expected: { status: 200, type: 'none', body: { status: 'ok' } },
    request: ({ system }) => ({ path: '/health', headers: { origin: system.urls.api } }),
  },
];
