import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FreshClone, ownPorts, type Running } from '../support/first-minute/fresh-clone.ts';

/**
 * Goal: the project runs in a folder of any name, and its commands find the system that runs there and no other. Method:
 * `npm start` in a fresh clone; its ports are in the environment of that command only. No registry is asked.
 */
const nameOfAnyKind = `a b#c'd"e%41f ü`;
const startsWithinMs = 90_000;

let clone: FreshClone;
let neighbour: FreshClone;
let ports: Awaited<ReturnType<typeof ownPorts>>;
let system: Running;
let printed: string;

beforeAll(async () => {
  clone = new FreshClone({ name: nameOfAnyKind });
  neighbour = new FreshClone();
  mkdirSync(join(clone.dataDir, 'rabbitmq/3.9/mnesia'), { recursive: true });
  ports = await ownPorts();
  system = clone.run('npm', ['start'], ports);
  printed = await system.printed('newest first', startsWithinMs);
});
afterAll(async () => {
  await clone?.end();
  await neighbour?.end();
});

const npm = (from: FreshClone, args: readonly string[], environment = {}) =>
  from.run('npm', ['run', '-s', ...args], environment).ended;

test('a folder of any name is a good folder', () => {
  expect(printed).toContain('✓ everything is up');
  expect(printed).toContain(join(clone.dataDir, 'logs'));
});

test('who has the data of another RabbitMQ is told where its dead letters are', () => {
  const [line, ...others] = printed.split('\n').filter((each) => each.includes('Dead letters'));
  expect(line).toMatch(/^! RabbitMQ \d+\.\d+ starts with empty queues\..*The schedule continues the orders/);
  expect(line).toContain(join(clone.dataDir, 'rabbitmq/3.9'));
  expect(others).toEqual([]);
});

describe('the API', () => {
  const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${ports.API_PORT}${path}`, { headers });

  test('says that it answers, without a token', async () => {
    const response = await get('/health');
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  test('shows a page that says how to get a token, and lists the calls', async () => {
    const response = await get('/');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const page = await response.text();
    expect(page).toContain('<a href="/docs">');
    expect((await get('/docs')).status).toBe(200);
    expect(page).toContain('TOKEN=$(npm run -s token)');
    expect(page).toContain(`curl -sS http://127.0.0.1:${ports.API_PORT}/orders `);
    for (const call of ['GET /health', 'POST /orders', 'GET /orders/{orderId}/payment', 'PUT /stock/{sku}'])
      expect(page).toContain(`<code>${call}</code>`);
  });

  test('accepts the token that npm run token prints in the same folder', async () => {
    const { exitCode, stdout, stderr } = await npm(clone, ['token']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect((await get('/orders', { authorization: `Bearer ${stdout.trim()}` })).status).toBe(200);
  });
});

test('npm run saga plays against the system of its folder', async () => {
  const { exitCode, stdout, stderr } = await npm(clone, ['saga', 'declined']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.trim().split('\n').at(-1)).toBe('✓ declined');
});

describe('commands refuse another system in one line', () => {
  const commands = ['token', 'saga happy'];

  test.each(commands)('npm run %s in a checkout where nothing runs', async (command) => {
    const { exitCode, stdout, stderr } = await npm(neighbour, command.split(' '));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^No system runs from this checkout .*Start it with: npm start\n$/);
  });

  test.each(commands)('npm run %s with a port that is not this system’s', async (command) => {
    const { exitCode, stdout, stderr } = await npm(clone, command.split(' '), { LAMBDA_PORT: '3002' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /^LAMBDA_PORT is 3002, but the system that runs from this checkout has port .*\n$/,
    );
  });
});

test('Ctrl-C ends all of it, and then npm run reset clears it', async () => {
  await system.interrupt();
  const { exitCode, stdout } = await npm(clone, ['reset']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `The data in ${clone.dataDir} is cleared.\n` });
});
