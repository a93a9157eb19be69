import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outsideSandbox } from '../../../infra/local/outside-sandbox/server.ts';

/** Goal: a step's outside on a laptop behaves as every outside has to. Method: the server itself, over HTTP. */
const folder = mkdtempSync(join(tmpdir(), 'outside-sandbox-'));
const file = join(folder, 'ledger.json');
const server = outsideSandbox(file);
let url: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown, timeoutMs = 4_000): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return await (await fetch(`${url}/${path}`, { method, signal, ...text })).json();
}

const done = { done: { reference: expect.stringMatching(/^[0-9a-f]{8}$/) } };

describe('the sandbox of the outside', () => {
  test('answers the same whenever it is asked again, also after a restart', async () => {
    const first = await ask('PUT', 'saga-1', { car: 'mini' });
    expect(first).toEqual(done);
    expect(await ask('PUT', 'saga-1', { car: 'mini', unwanted: true })).toEqual(first);
    const again = outsideSandbox(file);
    await once(again.listen(0, '127.0.0.1'), 'listening');
    const reply = await fetch(`http://127.0.0.1:${(again.address() as AddressInfo).port}/ledger`);
    expect(await reply.json()).toMatchObject({ 'saga-1': { answer: first, isUndone: false } });
    again.close();
    again.closeAllConnections();
  });

  test('refuses what says so', async () => {
    expect(await ask('PUT', 'saga-2', { car: 'refused' })).toMatchObject({ refused: { code: 'REFUSED' } });
  });

  test('never answers what says so, until nobody wants it', async () => {
    await expect(ask('PUT', 'saga-3', { car: 'never' }, 100)).rejects.toThrow('timeout');
    const withdrawn = { refused: { code: 'WITHDRAWN' } };
    expect(await ask('PUT', 'saga-3', { car: 'never', unwanted: true })).toMatchObject(withdrawn);
    expect(await ask('PUT', 'saga-3', { car: 'never' })).toMatchObject(withdrawn);
  });

  test('takes its time over what says so', async () => {
    await expect(ask('PUT', 'saga-4', { car: 'slow' }, 500)).rejects.toThrow('timeout');
    expect(await ask('PUT', 'saga-4', { car: 'slow' })).toEqual(done);
  });

  test('undoes what was done, however often it is asked to', async () => {
    await ask('PUT', 'saga-5', { car: 'mini' });
    for (let times = 0; times < 2; times += 1) expect(await ask('DELETE', 'saga-5')).toEqual({});
    expect(await ask('GET', 'ledger')).toMatchObject({ 'saga-5': { isUndone: true } });
  });

  test('answers what is no request with 400', async () => {
    const reply = await fetch(`${url}/saga-6`, { method: 'PUT', body: 'no JSON' });
    expect(reply.status).toBe(400);
  });
});
