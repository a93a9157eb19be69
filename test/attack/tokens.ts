import { createHmac } from 'node:crypto';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { publicKeySet } from '../../infra/local/identity/signing-key.ts';
import { type Attack, bearer, forbidden, shortly, unauthorized } from './attack.ts';
import type { Scene } from './scene.ts';

type Claims = Readonly<Record<string, unknown>>;

const now = () => Math.floor(Date.now() / 1_000);
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const claimsIn = ({ system }: Scene, changes: Claims = {}): Claims => ({
  ...{ iss: system.urls.issuer, aud: 'order-saga', sub: 'alice', role: 'customer' },
  ...{ iat: now(), exp: now() + 600, ...changes },
});

/** Signed as the issuer would. `undefined` leaves a claim out. */
async function signed(
  scene: Scene,
  changes: Claims = {},
  header: Claims = {},
  key?: CryptoKey,
): Promise<string> {
  const { kid, alg } = scene.key;
  const signer = key ?? (await importJWK(scene.key, alg));
  const claims = JSON.parse(JSON.stringify(claimsIn(scene, changes))) as Claims;
  return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(signer);
}

const refused = (name: string, authorization: (scene: Scene) => string | Promise<string>): Attack => ({
  name,
  expected: unauthorized,
  request: async (scene) => ({ path: '/orders', headers: { authorization: await authorization(scene) } }),
});

const withToken = (name: string, token: (scene: Scene) => string | Promise<string>): Attack =>
  refused(name, async (scene) => `Bearer ${await token(scene)}`);

const claims: readonly Claims[] = [
  { sub: undefined },
  ...[
    '',
    ' ',
    'a b',
    'a"b',
    "a'b",
    'a\\b',
    'a\u0000',
    'a\nb',
    'a\rb',
    'a\tb',
    'Zoë',
    '\u202eecila',
    '\u200balice',
  ].map((sub) => ({ sub })),
  ...['x'.repeat(256), 7, null, ['alice'], { id: 'alice' }].map((sub) => ({ sub })),
  ...[undefined, '', 'admin', 'Operator', 'operator ', 'customer,operator', '*', null, true, 1].map(
    (role) => ({ role }),
  ),
  ...[['operator'], { operator: true }].map((role) => ({ role })),
  ...[undefined, '', 'http://evil.example', 'http://127.0.0.1', null].map((iss) => ({ iss })),
  ...[undefined, '', 'other', 'order-saga-2', ['other'], null].map((aud) => ({ aud })),
  ...[undefined, 'soon', null, 0, -1, 1_000_000_000].map((exp) => ({ exp })),
  { iat: undefined },
  { iat: 'now' },
  { iat: now() + 3_600 },
  { iat: now() - 8 * 24 * 3_600 },
  { nbf: now() + 3_600 },
  { nbf: 'later' },
];

const withClaims = claims.flatMap((changes) =>
  Object.entries(changes).map(([name, value]) =>
    withToken(`a token ${value === undefined ? `without ${name}` : `with ${shortly(changes)}`}`, (scene) =>
      signed(scene, changes),
    ),
  ),
);

const hmacOf = (text: string, secret: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url');

const forged: readonly Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].map((alg) =>
    withToken(
      `no signature, with the algorithm ${shortly(alg)}`,
      (scene) => `${encoded({ alg })}.${encoded(claimsIn(scene))}.`,
    ),
  ),
  withToken('no signature under the right algorithm', async (scene) =>
    (await signed(scene)).split('.').slice(0, 2).concat('').join('.'),
  ),
  withToken('a signature of another token', async (scene) => {
    const [head, , signature] = (await signed(scene)).split('.');
    return [head, encoded(claimsIn(scene, { role: 'operator' })), signature].join('.');
  }),
  withToken('another key under the same id', async (scene) => {
    const { privateKey } = await generateKeyPair('ES256');
    return signed(scene, {}, {}, privateKey);
  }),
  withToken('another key under an unknown id', async (scene) => {
    const { privateKey } = await generateKeyPair('ES256');
    return signed(scene, {}, { kid: 'mine' }, privateKey);
  }),
  ...['../../../../dev/null', "' OR 1=1 --", 'http://evil.example/key', '\u0000'].map((kid) =>
    withToken(`the key’s id ${shortly(kid)}`, async (scene) => {
      const { privateKey } = await generateKeyPair('ES256');
      return signed(scene, {}, { kid }, privateKey);
    }),
  ),
  withToken('a key that comes with the token', async (scene) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    return signed(scene, {}, { kid: undefined, jwk }, privateKey);
  }),
  ...['jku', 'x5u'].map((member) =>
    withToken(`a key at an address of the token’s own, in ${member}`, async (scene) => {
      const { privateKey } = await generateKeyPair('ES256');
      return signed(scene, {}, { kid: 'mine', [member]: 'http://127.0.0.1:9/keys' }, privateKey);
    }),
  ),
  withToken('the public key as the secret of HS256', async (scene) => {
    const [jwk] = publicKeySet(scene.key).keys;
    const spki = await exportSPKI((await importJWK({ ...jwk, ext: true }, 'ES256')) as CryptoKey);
    const text = `${encoded({ alg: 'HS256', kid: scene.key.kid })}.${encoded(claimsIn(scene))}`;
    return `${text}.${hmacOf(text, spki)}`;
  }),
  withToken('an empty secret of HS256', (scene) => {
    const text = `${encoded({ alg: 'HS256', kid: scene.key.kid })}.${encoded(claimsIn(scene))}`;
    return `${text}.${hmacOf(text, '')}`;
  }),
  withToken('an extension that has to be understood', async (scene) => {
    const [, body, signature] = (await signed(scene)).split('.');
    return [encoded({ alg: 'ES256', kid: scene.key.kid, crit: ['exp2'], exp2: 1 }), body, signature].join(
      '.',
    );
  }),
  ...['[]', '"alice"', 'null', '{', ''].map((body) =>
    withToken(`claims that are ${shortly(body)}`, (scene) =>
      [encoded({ alg: 'ES256', kid: scene.key.kid }), Buffer.from(body).toString('base64url'), 'AAAA'].join(
        '.',
      ),
    ),
  ),
  withToken('an encrypted token of five parts', async (scene) => `${await signed(scene)}.AAAA.AAAA`),
  withToken('a token of 8 KB', () => `${'A'.repeat(2_700)}.${'A'.repeat(2_700)}.${'A'.repeat(2_700)}`),
];

const headers: readonly Attack[] = [
  ...[
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Basic YWxpY2U6',
    'Bearer null',
    'Bearer undefined',
    'Digest username="alice"',
  ].map((authorization) => refused(`the header ${shortly(authorization)}`, () => authorization)),
  refused('a token without its scheme', ({ tokens }) => tokens.alice),
  refused('a token with another scheme', ({ tokens }) => `Token ${tokens.alice}`),
  refused('two spaces before the token', ({ tokens }) => `Bearer  ${tokens.alice}`),
  refused('text after the token', ({ tokens }) => `Bearer ${tokens.alice} x`),
  refused('two tokens in one header', ({ tokens }) => `Bearer ${tokens.alice}, Bearer ${tokens.operator}`),
  {
    name: 'a token in the query',
    expected: unauthorized,
    request: ({ tokens }) => ({
      path: `/orders?access_token=${tokens.alice}&authorization=Bearer%20${tokens.alice}`,
    }),
  },
  {
    name: 'a token in a cookie',
    expected: unauthorized,
    request: ({ tokens }) => ({ path: '/orders', headers: { cookie: `authorization=${tokens.alice}` } }),
  },
  {
    name: 'headers that only a gateway sets',
    expected: unauthorized,
    request: () => ({
      path: '/orders',
      headers: {
        'x-amzn-oidc-identity': 'alice',
        'x-forwarded-user': 'alice',
        'x-principal-id': 'alice',
        'x-role': 'operator',
      },
    }),
  },
];

const calls = [
  ['POST', '/orders'],
  ['GET', '/orders'],
  ['GET', '/orders/{orderId}'],
  ['POST', '/orders/{orderId}/cancel'],
  ['POST', '/orders/{orderId}/nudge'],
  ['GET', '/orders/{orderId}/timeline'],
  ['GET', '/orders/{orderId}/reservation'],
  ['GET', '/orders/{orderId}/payment'],
  ['POST', '/orders/{orderId}/payment/resolve'],
  ['PUT', '/stock/cup'],
  ['POST', '/stock/cup/receipts'],
  ['GET', '/stock/cup'],
  ['GET', '/stock'],
  ['GET', '/dead-letters/order'],
  ['GET', '/audit/order'],
  ['GET', '/sagas'],
  ['GET', '/sagas/counts'],
  ['GET', '/sagas/ended'],
  ['GET', '/sagas/ended/counts'],
  ['GET', '/lookup'],
  ['POST', '/dead-letters/payment/redrive'],
  ['POST', '/dead-letters/inventory/discard'],
] as const;

const anonymous = calls.map(
  ([method, path]): Attack => ({
    name: `${method} ${path} without a token`,
    expected: unauthorized,
    request: ({ orderId }) => ({ method, path: path.replace('{orderId}', orderId) }),
  }),
);

const forOperators = calls
  .filter(
    ([method, path]) =>
      /^\/(dead-letters|audit|sagas|lookup)|\/(resolve|nudge)$/.test(path) ||
      (method !== 'GET' && path.startsWith('/stock')),
  )
  .map(
    ([method, path]): Attack => ({
      name: `${method} ${path} by a customer`,
      expected: forbidden,
      request: ({ tokens, orderId }) => ({
        method,
        path: path.replace('{orderId}', orderId),
        headers: { ...bearer(tokens.mallory), 'content-type': 'application/json', 'idempotency-key': 'k' },
        body: method === 'GET' ? '' : '{"available":1,"unitPriceMinor":1,"currency":"EUR","reason":"x"}',
      }),
    }),
  );

const forCustomers: Attack = {
  name: 'an order by an operator, who could pay for nobody',
  expected: forbidden,
  request: ({ tokens }) => ({
    method: 'POST',
    path: '/orders',
    headers: { ...bearer(tokens.operator), 'content-type': 'application/json', 'idempotency-key': 'k' },
    body: '{"items":[{"sku":"cup","quantity":1}],"paymentMethod":"pm_card_visa"}',
  }),
};

/** Ways to say who one is that are not the token. */
const claimed: readonly Attack[] = [
  ...['sls-offline-authorizer-override', 'SLS-Offline-Authorizer-Override'].map(
    (name): Attack => ({
      name: `an operator by the header ${name}`,
      expected: forbidden,
      request: ({ tokens }) => ({
        path: '/dead-letters/order',
        headers: { ...bearer(tokens.mallory), [name]: '{"principalId":"olga","role":"operator"}' },
      }),
    }),
  ),
  {
    name: 'Alice by the header sls-offline-authorizer-override',
    expected: { status: 404, type: 'not-found' },
    request: ({ tokens, orderId }) => ({
      path: `/orders/${orderId}`,
      headers: {
        ...bearer(tokens.mallory),
        'sls-offline-authorizer-override': '{"principalId":"alice","role":"customer"}',
      },
    }),
  },
];

export const tokens = [
  ...claimed,
  ...withClaims,
  ...forged,
  ...headers,
  ...anonymous,
  ...forOperators,
  forCustomers,
];
