import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { auditReader } from '../../engine/http/audit-reader.ts';
import type { HttpFunction } from '../../engine/http/http.ts';
import { recordReader } from '../../engine/http/record-reader.ts';
import { resolving } from '../../engine/http/resolving.ts';
import { staffRolesOf } from '../../engine/http/role.ts';
import { charging } from '../../functions/payment/decide.ts';
import { tables } from '../../functions/privacy/tables.ts';
import { type Service, shop } from '../../functions/shop.ts';
import { participantFunctions } from '../../infra/functions/participant-functions.ts';
import { projectDir } from '../../infra/local/project.ts';
import { endpoints } from '../support/fuzz/endpoints.ts';
import { strictEdges } from '../support/fuzz/strict-edges.ts';
import { httpEvent } from '../support/http-event.ts';
import { catchLog } from '../support/logged.ts';

/** Goal: nobody may do what their role was not given. Method: every route there is, asked in every role. */
const { ownerRole } = shop;
const roles = [ownerRole, ...staffRolesOf(shop)];
const anyone = roles;
const readers = [ownerRole, 'operator', 'support', 'settlements', 'auditor'];
const sorters = ['operator', 'dead-letters'];
const stock = ['operator', 'stock'];
const insight = ['operator', 'support', 'auditor'];
const auditors = ['operator', 'auditor'];

/** The route of a participant's record, if it has one that is read. */
const readersOf = (service: Service): readonly string[] => {
  const { record } = shop.partOf(service);
  return record === undefined ? [] : [`GET /orders/{orderId}/${record}`];
};

/** Who may call each route; `undefined`: it has no token, so no role. */
const rules: Readonly<Record<string, readonly string[] | undefined>> = {
  'GET /health': undefined,
  'GET /openapi.json': undefined,
  'GET /asyncapi.json': undefined,
  'GET /docs': undefined,
  'POST /webhooks/stripe': undefined,
  'POST /orders': [ownerRole],
  'GET /orders': anyone,
  'GET /orders/{orderId}': readers,
  'POST /orders/{orderId}/cancel': [ownerRole, 'operator', 'support'],
  'POST /orders/{orderId}/nudge': ['operator', 'support'],
  'GET /orders/{orderId}/timeline': readers,
  'GET /sagas': insight,
  'GET /sagas/counts': insight,
  'GET /sagas/ended': insight,
  'GET /sagas/ended/counts': insight,
  'GET /lookup': insight,
  'POST /orders/{orderId}/payment/resolve': ['operator', 'settlements'],
  'PUT /stock/{sku}': stock,
  'POST /stock/{sku}/receipts': stock,
  'GET /stock/{sku}': anyone,
  'GET /stock': anyone,
  ...Object.fromEntries(
    shop.services.flatMap((service) => [
      ...readersOf(service).map((route) => [route, readers] as const),
      [`GET /dead-letters/${service}`, sorters],
      [`POST /dead-letters/${service}/redrive`, sorters],
      [`POST /dead-letters/${service}/discard`, sorters],
      [`GET /audit/${service}`, auditors],
    ]),
  ),
};

interface Definition {
  readonly events?: readonly { readonly http?: { readonly method: string; readonly path: string } }[];
}

const own: Readonly<Record<string, Definition>> = parse(
  readFileSync(join(projectDir, 'serverless.yml'), 'utf8'),
).functions;
const routes = [
  ...Object.values(own),
  ...participantFunctions(shop).map(([, each]) => each as Definition),
].flatMap(({ events = [] }) =>
  events.flatMap(({ http }) => (http === undefined ? [] : [`${http.method.toUpperCase()} /${http.path}`])),
);

const notThere = { visit: () => Promise.reject(new Error('no queue here')) };
/** The functions that every participant has, also one that a team adds. None of them comes to its decision here. */
const handlersOf = (service: Service): readonly (readonly [route: string, handler: HttpFunction])[] => {
  const participant = { saga: shop, service, table: tables[service] } as never;
  const edges = strictEdges([]);
  const onDeadLetters = deadLetters(participant, edges, () => notThere as never);
  return [
    ...readersOf(service).map((route) => [route, recordReader(participant, edges)] as const),
    [`GET /dead-letters/${service}`, onDeadLetters],
    [`POST /dead-letters/${service}/redrive`, onDeadLetters],
    [`POST /dead-letters/${service}/discard`, onDeadLetters],
    [`GET /audit/${service}`, auditReader(participant, edges)],
  ];
};

const handlers = new Map<string, HttpFunction>([
  ...shop.services.flatMap(handlersOf),
  ...endpoints.map(({ method, path, handler }): [string, HttpFunction] => [
    `${method} ${path}`,
    (event, context) => handler(strictEdges([]), notThere as never)(event, context),
  ]),
  ['POST /orders/{orderId}/payment/resolve', resolving(charging as never, strictEdges([]))],
]);

beforeEach(() => {
  catchLog();
});
afterEach(() => vi.restoreAllMocks());

// Fails where a route is added and nobody says who may call it.
test('every route there is has a rule, and every rule is of a route', () => {
  expect(Object.keys(rules).toSorted()).toEqual(routes.toSorted());
});

const withToken = Object.entries(rules).filter(([, allowed]) => allowed !== undefined);

describe.each(withToken)('%s', (route, allowed = []) => {
  test.each([...roles, 'staff', 'admin', 'Operator', 'customer operator'])('in the role %s', async (role) => {
    const handle = handlers.get(route);
    if (handle === undefined) throw new Error(`nothing answers ${route}`);
    const [method = '', path = ''] = route.split(' ');
    const event = {
      ...httpEvent({
        authorizer: { principalId: 'sam', role },
        path: { orderId: `ord_${'A'.repeat(24)}`, sku: 'mug' },
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
      }),
      httpMethod: method,
      resource: path,
    };
    const { statusCode } = await handle(event, {} as Context);
    expect(statusCode === 403 ? 'forbidden' : 'allowed').toBe(
      allowed.includes(role) ? 'allowed' : 'forbidden',
    );
  });
});
