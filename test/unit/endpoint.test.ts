import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { endpoint } from '../../engine/http/endpoint.ts';
import { json } from '../../engine/http/http.ts';
import { idempotencyKey } from '../../engine/http/idempotency-key.ts';
import { caller, role } from '../../engine/http/identity.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { Problem } from '../../engine/http/problem.ts';
import { OPERATOR } from '../../engine/http/role.ts';
import { shop } from '../../functions/shop.ts';
import { foundBy, httpEvent, problemOf } from '../support/http-event.ts';

const customer = { principalId: 'alice', role: 'customer' };
const operator = { principalId: 'olga', role: 'operator' };
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
const Note = z.strictObject({ note: z.string() });

describe('an endpoint', () => {
  const checks = [
    role(shop, OPERATOR),
    pathParameter('number', z.string().regex(/^\d$/)),
    idempotencyKey(),
    jsonBody(Note),
  ] as const;
  const repeat = endpoint(shop, checks, async ({ caller, parameter, idempotencyKey: key, body }) =>
    json(201, { by: caller.id, parameter, key, ...body }, { location: '/notes/1' }),
  );
  const correct = {
    authorizer: operator,
    path: { number: '1' },
    headers: { 'idempotency-key': 'k', 'content-type': 'application/json' },
    body: '{"note":"hello"}',
  };

  test('gives its handler what its checks found, and what it answers is not to be stored', async () => {
    expect(await repeat(httpEvent(correct), {} as Context)).toEqual({
      statusCode: 201,
      headers: { ...always, 'content-type': 'application/json', location: '/notes/1' },
      body: '{"by":"olga","parameter":"1","key":"k","note":"hello"}',
    });
  });

  test('answers a refusal and a fault of ours with the same headers', async () => {
    const refused = await repeat(httpEvent({ ...correct, body: '{' }), {} as Context);
    expect(refused.headers).toEqual({ ...always, 'content-type': 'application/problem+json' });
    const faulty = endpoint(shop, [], () => Promise.reject(new Problem('busy', 'Later.')));
    const { headers } = await faulty(httpEvent(correct), {} as Context);
    expect(headers).toMatchObject({ ...always, 'retry-after': '30' });
  });

  test('says what is wrong in the order of its checks', async () => {
    const { 'idempotency-key': _, ...keyless } = correct.headers;
    const worse = [
      { ...correct, body: '{"note":1}' },
      { ...correct, body: '{' },
      { ...correct, headers: { 'idempotency-key': 'k' } },
      { ...correct, headers: keyless, body: '{' },
      { ...correct, headers: {}, path: { number: 'one' } },
      { headers: {}, path: { number: 'one' }, authorizer: customer },
      { headers: {} },
    ];
    const replies = await Promise.all(worse.map((request) => repeat(httpEvent(request), {} as Context)));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([422, 400, 415, 400, 404, 403, 403]);
    for (const { headers } of replies)
      expect(headers).toEqual({ ...always, 'content-type': 'application/problem+json' });
  });

  test('keeps nothing of one request for the next', async () => {
    const asked = {
      ...correct,
      authorizer: { principalId: 'otto', role: 'operator' },
      path: { number: '2' },
    };
    const replies = await Promise.all(
      [correct, asked].map((request) => repeat(httpEvent(request), {} as Context)),
    );
    expect(replies.map(({ body }) => JSON.parse(body))).toMatchObject([
      { by: 'olga', parameter: '1' },
      { by: 'otto', parameter: '2' },
    ]);
  });
});

describe('who calls', () => {
  test.each([customer, operator])('is whom the authorizer names: %o', (authorizer) => {
    const { caller: found } = foundBy(caller(shop), httpEvent({ authorizer }));
    expect(found).toEqual({ id: authorizer.principalId, role: authorizer.role });
  });

  test.each([
    undefined,
    null,
    {},
    { principalId: 'alice' },
    { role: 'operator' },
    { principalId: '', role: 'customer' },
    { principalId: 'alice', role: 'OPERATOR' },
    { principalId: 'alice', role: 'admin' },
    { principalId: 'alice', role: ['operator'] },
    ...['staff', 'support admin', 'support  auditor', ' support', 'support customer', 'customer support'].map(
      (role) => ({ principalId: 'alice', role }),
    ),
  ])('must be somebody in a role that the saga knows: %o is refused', (authorizer) => {
    const event = httpEvent({ authorizer });
    expect(problemOf(() => foundBy(caller(shop), event))).toBe('forbidden');
    expect(problemOf(() => foundBy(role(shop, OPERATOR), event))).toBe('forbidden');
    expect(() => foundBy(caller(shop), event)).toThrow(
      'The token has no valid subject, or its role is none of customer, operator, support, settlements, dead-letters, auditor, stock.',
    );
  });

  test('must have the role that is needed', () => {
    const event = httpEvent({ authorizer: customer });
    expect(() => foundBy(role(shop, OPERATOR), event)).toThrow('This needs the role operator.');
    expect(foundBy(role(shop, shop.ownerRole), event).caller.id).toBe('alice');
    expect(() => foundBy(role(shop, shop.ownerRole), httpEvent({ authorizer: operator }))).toThrow(
      'This needs the role customer.',
    );
  });

  test('acts in the one of several roles that is needed, and an operator in any but the owner’s', () => {
    const as = (role: string) => httpEvent({ authorizer: { principalId: 'sam', role } });
    expect(foundBy(role(shop, 'support'), as('stock support')).caller.role).toBe('support');
    expect(foundBy(role(shop, shop.ownerRole, 'support'), as('operator')).caller.role).toBe('operator');
    expect(() => foundBy(role(shop, 'auditor'), as('stock support'))).toThrow(
      'This needs the role auditor or operator.',
    );
    expect(() => foundBy(role(shop, shop.ownerRole), as('stock support'))).toThrow(
      'This needs the role customer.',
    );
  });

  test('may be an owner of another name', () => {
    const tickets = { ...shop, owner: 'guestId', ownerRole: 'guest' };
    const guest = { principalId: 'alice', role: 'guest' };
    expect(foundBy(caller(tickets), httpEvent({ authorizer: guest })).caller.role).toBe('guest');
    expect(() => foundBy(caller(tickets), httpEvent({ authorizer: customer }))).toThrow(
      'The token has no valid subject, or its role is none of guest, operator, ',
    );
  });
});

describe('what a path names', () => {
  const number = z.string().regex(/^\d$/);

  test.each([undefined, {}, { number: 'one' }, { other: '1' }])('%o is nothing there is', (path) => {
    const event = httpEvent(path === undefined ? {} : { path });
    expect(() => foundBy(pathParameter('number', number), event)).toThrow(
      'There is nothing with this number.',
    );
    expect(problemOf(() => foundBy(pathParameter('number', number), event))).toBe('not-found');
  });

  test('may be refused for what it is', () => {
    const odd = pathParameter('number', number, () => new Problem('invalid-content', 'One digit.'));
    expect(problemOf(() => foundBy(odd, httpEvent({ path: { number: 'one' } })))).toBe('invalid-content');
  });
});
