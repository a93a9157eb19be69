import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attack } from './attack.ts';
import { cardNumbers } from './card-numbers.ts';
import { cursors } from './cursors.ts';
import { gateway } from './gateway.ts';
import { keys } from './keys.ts';
import { origins } from './origins.ts';
import { othersOrders } from './others-orders.ts';
import { pollution } from './pollution.ts';
import { enter, type Scene } from './scene.ts';
import { type Answer, send } from './send.ts';
import { sizes } from './sizes.ts';
import { smuggling } from './smuggling.ts';
import { staff } from './staff.ts';
import { tokens } from './tokens.ts';

/**
 * Goal: whatever a stranger, another customer, a page in the browser or a broken client sends is answered as what it is, and
 * changes nothing. Method: one whole system; each input has its status and its type of problem, and after it tables, ledger
 * and events are as before.
 */
const lists: Readonly<Record<string, readonly Attack[]>> = {
  tokens,
  staff,
  'another’s orders': othersOrders,
  cursors,
  keys,
  origins,
  smuggling,
  pollution,
  sizes,
  'card numbers': cardNumbers,
  'the gateway’s own answers': gateway,
};
const MIN_INPUTS = 250;

let scene: Scene;
let before: string;
beforeAll(async () => {
  scene = await enter();
  before = await scene.effects();
});
afterAll(() => scene?.end());

describe.each(Object.entries(lists))('%s', (_, attacks) => {
  test.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
    const answer = await send(scene, await attack.request(scene));
    judge(answer, attack);
    expect(await scene.effects(), 'it changed something').toBe(before);
  });
});

test('every input is another one, and there are many', () => {
  const names = Object.entries(lists).flatMap(([list, attacks]) =>
    attacks.map(({ name }) => `${list}: ${name}`),
  );
  expect(names.length).toBeGreaterThanOrEqual(MIN_INPUTS);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

function judge({ status, headers, body }: Answer, { expected, secret }: Attack): void {
  expect([status, typeOf(body)], body.slice(0, 300)).toEqual([expected.status, expected.type]);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cache-control']).toBe('no-store');
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  if (status >= 400) expect(headers['content-type']).toBe('application/problem+json');
  if (status === 401) expect(headers['www-authenticate']).toMatch(/^Bearer realm="/);
  if (expected.body !== undefined) expect(JSON.parse(body)).toEqual(expected.body);
  if (secret !== undefined) expect(body).not.toContain(secret);
  // Neither where it went wrong, nor with what.
  expect(body).not.toMatch(/node_modules|\.ts\b|at async |stack|hapi|serverless/i);
}

/** `bodyless` of an answer to HEAD. */
function typeOf(body: string): string {
  if (body === '') return 'bodyless';
  const { type } = JSON.parse(body) as { readonly type?: string };
  return type?.replace(/^urn:order-saga:problem:/, '') ?? 'none';
}
