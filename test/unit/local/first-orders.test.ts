import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';
import { addSampleStock } from '../../../infra/local/sample-stock.ts';
import type { System } from '../../../infra/local/system.ts';
import { welcome } from '../../../infra/local/welcome.ts';
import { requestsIn } from '../../support/http-file.ts';

/** Goal: what a newcomer is given to try can be tried. Method: the sample stock, as it is put, and what is ordered of it. */
const api = 'http://127.0.0.1:3000';
const url = api;
const urls = { api, lambda: url, rabbitmq: url, dynamodb: url, payments: url, issuer: url };
const text = (...path: readonly string[]) => readFileSync(join(projectDir, ...path), 'utf8');

afterEach(() => {
  vi.unstubAllGlobals();
});

/** How many pieces there are of each SKU. */
async function sampled(): Promise<ReadonlyMap<string, number>> {
  const put = new Map<string, number>();
  vi.stubGlobal('fetch', async (to: string, { method, body }: { method?: string; body?: string }) => {
    if (method === 'PUT') put.set(to.split('/').at(-1) ?? '', JSON.parse(String(body)).available);
    return Response.json({ items: [] });
  });
  await addSampleStock(api, 'token');
  return put;
}

const printed = welcome({ urls } as System, 'a.b.c', '/tmp/logs').trimEnd();

test('what is given to order is there, and of one SKU there are three, which are soon sold out', async () => {
  const stock = await sampled();
  const bodies = [
    ...requestsIn(text('docs', 'orders.http'), { token: 't' }).map(({ body }) => body),
    JSON.parse(text('test', 'events', 'place-order.json')).body,
    ...[...printed.matchAll(/-d '(.+)'$/gm)].map(([, body]) => body),
  ].filter((body) => body !== undefined);
  const skus = bodies.flatMap((body) => JSON.parse(body).items.map(({ sku }: { sku: string }) => sku));
  expect(bodies).toHaveLength(6);
  expect(skus.filter((sku) => !stock.has(sku))).toEqual([]);
  expect([...stock].filter(([, available]) => available === 3).map(([sku]) => sku)).toEqual([
    'scale-brass-antique',
  ]);
  expect(skus).toContain('scale-brass-antique');
});

test('npm start ends with where the calls are described, and how to see what is open', () => {
  expect(printed.split('\n').slice(-3)).toEqual([
    expect.stringContaining(`${api}/docs`),
    '',
    'npm run op -- sagas',
  ]);
});
