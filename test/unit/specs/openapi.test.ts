import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { FreeText } from '../../../engine/http/free-text.ts';
import { shop } from '../../../functions/shop.ts';
import { projectDir } from '../../../infra/local/project.ts';
import { documents } from '../../../infra/specs/documents.ts';
import { openapiOf } from '../../../infra/specs/openapi.ts';
import { type Route, routesOf } from '../../../infra/specs/routes.ts';
import { Schemas } from '../../../infra/specs/schemas.ts';
import { shopOperations } from '../../../infra/specs/shop-operations.ts';

/** Goal: what api/ says of the API is what the code does. Method: the documents are made again, and linted. */
const made = await documents();
const routes = await routesOf(shop);
const { operations, ...described } = shopOperations(routes);
const committed = (name: string): string => readFileSync(join(projectDir, 'api', name), 'utf8');

test.each(Object.entries(made))('api/%s is what `npm run specs` writes', (name, text) => {
  expect(committed(name)).toBe(text);
});

test('the linter finds nothing in the OpenAPI document, its examples included', async () => {
  const lint = async (source: string) =>
    await lintFromString({
      source,
      absoluteRef: join(projectDir, 'api/openapi.json'),
      config: await createConfig({ extends: ['recommended-strict'] }),
    });
  const found = (await lint(committed('openapi.json'))).map(
    ({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`,
  );
  expect(found).toEqual([]);
  const flawed = committed('openapi.json').replace('"available": 12', '"available": "twelve"');
  expect(await lint(flawed)).not.toEqual([]);
}, 60_000);

const of = (some: readonly Route[], told: typeof operations) => () =>
  openapiOf(shop, some, told, described, '1');

test('a route of which nothing is said, and words for a route that is not there, are refused', () => {
  const [first] = routes;
  if (first === undefined) throw new Error('there are no routes');
  const odd = { ...first, method: 'PATCH', path: '/odd' };
  expect(of([...routes, odd], operations)).toThrow('infra/specs/ says nothing of PATCH /odd');
  expect(of(routes.slice(1), operations)).toThrow(`not there: ${first.method} ${first.path}`);
  expect(of(routes, operations)).not.toThrow();
});

describe('an example of a body', () => {
  const bodies = routes.flatMap(({ method, path, tells }) => {
    const { body } = tells.find((told) => told.body !== undefined) ?? {};
    return body === undefined ? [] : [[`${method} ${path}`, body] as const];
  });
  test.each(bodies)('of %s is one that is accepted', (route, body) => {
    const { example } = operations[route] ?? {};
    expect(example).toBeDefined();
    expect(body.safeParse(example).error).toBeUndefined();
  });
});

describe('a schema', () => {
  const sent = new Schemas({}, 'input');

  test('has words for the rules that JSON Schema cannot say', () => {
    expect(sent.of(FreeText).description).toContain('Must not have the number of a card in it.');
    const wordless = z.object({ a: z.string() }).superRefine(() => {});
    expect(() => sent.of(wordless)).toThrow('a rule has no words');
    expect(sent.of(wordless.describe('In words.')).description).toBe('In words.');
  });

  test('of a list that nobody may change is not one that only the server sends', () => {
    expect(sent.of(z.array(z.string()).readonly())).not.toHaveProperty('readOnly');
  });

  test('is closed only where the code refuses other members', () => {
    const shape = { a: z.string() };
    expect(sent.of(z.strictObject(shape))).toHaveProperty('additionalProperties', false);
    expect(new Schemas({}, 'output').of(z.object(shape))).not.toHaveProperty('additionalProperties');
  });
});
