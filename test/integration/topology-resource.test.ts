import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { topologyFunction } from '../../infra/aws/topology/handler.ts';
import { passwordHash } from '../../infra/broker/users.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';

/**
 * Goal: a deployment gives the broker its queues and users, and a refusal fails the deployment with its reason.
 * Method: a real broker; Secrets Manager, the broker's HTTP API and CloudFormation's answer box are one server that
 * records what it is asked.
 */
let system: System;
let dataDir: string;
let server: Server;
const asked: { readonly request: string; readonly authorization: string; readonly body: object }[] = [];

const secrets: Record<string, object> = {
  admin: { username: 'local', password: 'local' },
  ...Object.fromEntries(shop.services.map((name) => [name, { username: name, password: `of ${name}` }])),
};

/** Before they were changed. */
const previous: Record<string, object> = {};
/** The administrator's, as the HTTP API knows it. */
let knownPassword = 'local';

async function answer(request: IncomingMessage): Promise<readonly [status: number, body: string]> {
  let text = '';
  for await (const chunk of request) text += chunk;
  if (request.url === '/api/whoami') {
    const known = `Basic ${Buffer.from(`local:${knownPassword}`).toString('base64')}`;
    return request.headers.authorization === known ? [200, '{}'] : [401, '{}'];
  }
  const body = JSON.parse(text) as { readonly SecretId?: string; readonly VersionStage?: string };
  if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
    const { SecretId = '', VersionStage } = body;
    const found = VersionStage === 'AWSPREVIOUS' ? previous[SecretId] : secrets[SecretId];
    return [200, JSON.stringify({ SecretString: JSON.stringify(found) })];
  }
  asked.push({
    request: `${request.method} ${request.url}`,
    authorization: request.headers.authorization ?? '',
    body,
  });
  return [200, ''];
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  system = await startSystem({ dataDir, ports: await freePorts(), withApi: false });
  server = createServer(
    (request, response) =>
      void answer(request).then(([status, text]) => response.writeHead(status).end(text)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', address());
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    RABBITMQ_URL: brokerUrl(),
    RABBITMQ_MANAGEMENT_URL: address(),
    BROKER_ADMIN_SECRET: 'admin',
    BROKER_SECRETS: shop.services.map((name) => `${name}=${name}`).join(','),
  })) {
    vi.stubEnv(name, value);
  }
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server?.close();
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The function takes the recorder for CloudFormation. */
const handler = topologyFunction((url) => url.startsWith(`${address()}/`));

function brokerUrl(): string {
  const url = new URL(system.urls.rabbitmq);
  url.username = url.password = '';
  return url.href;
}

async function deploy(RequestType: 'Create' | 'Update' | 'Delete'): Promise<object | undefined> {
  const names = { StackId: 's', RequestId: 'r', LogicalResourceId: 'Topology' };
  await handler({ RequestType, ResponseURL: `${address()}/answer`, ...names });
  return asked.findLast(({ request }) => request === 'PUT /answer')?.body;
}

/** What the HTTP API was told of a user's password. */
function hashFor(user: string): string {
  const { body } = asked.find(({ request }) => request === `PUT /api/users/${user}`) ?? { body: {} };
  return 'password_hash' in body ? String(body.password_hash) : 'none';
}

const byHand = { RequestType: 'Update' } as const;

describe('the topology’s custom resource', () => {
  test.each(['Create', 'Update'] as const)(
    'on %s makes every user, with its password’s hash and its permissions',
    async (type) => {
      expect(await deploy(type)).toEqual({
        ...{ StackId: 's', RequestId: 'r', LogicalResourceId: 'Topology' },
        ...{ PhysicalResourceId: 'broker-topology', Status: 'SUCCESS' },
      });
      const calls = asked.filter(({ request }) => request.includes('/api/'));
      expect(calls.map(({ request }) => request)).toEqual(
        shop.services.flatMap((name) => [`PUT /api/users/${name}`, `PUT /api/permissions/%2F/${name}`]),
      );
      expect(new Set(calls.map(({ authorization }) => authorization))).toEqual(
        new Set([`Basic ${Buffer.from('local:local').toString('base64')}`]),
      );
      expect(calls[0]?.body).toMatchObject({
        tags: '',
        password_hash: expect.stringMatching(/^[\w+/]{48}$/),
      });
      expect(calls[3]?.body).toEqual({
        configure: '^$',
        write: String.raw`^(saga\.events|saga\.failures|inventory\.dead|inventory|inventory\.retry\..+)$`,
        read: String.raw`^(inventory|inventory\.dead|inventory\.[0-9]+)$`,
      });
    },
  );

  test('called by hand gives a service its changed password, which it asks for each time', async () => {
    const hashes: unknown[] = [];
    for (const password of ['changed', 'changed again']) {
      secrets.order = { username: 'order', password };
      asked.length = 0;
      await handler(byHand);
      const hash = hashFor('order');
      hashes.push(hash);
      expect(hash).toBe(passwordHash(password, Buffer.from(hash, 'base64').subarray(0, 4)));
    }
    expect(new Set(hashes).size).toBe(2);
    expect(asked.map(({ request }) => request)).not.toContain('PUT /answer');
  });

  // Fails where the administrator's changed password is used at once: the broker knows the old one alone.
  test('tells the broker the administrator’s changed password with the one before it', async () => {
    const [now, before] = [secrets.admin, { username: 'local', password: 'of yesterday' }];
    knownPassword = before.password;
    previous.admin = before;
    await handler(byHand);
    knownPassword = 'local';
    const [change, , next] = asked;
    expect(change).toMatchObject({
      request: 'PUT /api/users/local',
      authorization: `Basic ${Buffer.from('local:of yesterday').toString('base64')}`,
      body: { tags: 'administrator' },
    });
    const hash = hashFor('local');
    expect(hash).toBe(passwordHash('local', Buffer.from(hash, 'base64').subarray(0, 4)));
    expect(next).toMatchObject({
      request: 'PUT /api/users/order',
      authorization: `Basic ${Buffer.from('local:local').toString('base64')}`,
    });
    expect(now).toEqual({ username: 'local', password: 'local' });
  });

  test('says what to do where the broker knows neither the administrator’s password nor the one before it', async () => {
    previous.admin = { username: 'local', password: 'of yesterday' };
    knownPassword = 'of last week';
    await expect(handler(byHand)).rejects.toThrow('put the broker’s password there');
    knownPassword = 'local';
    expect(asked).toEqual([]);
  });

  test('called by hand fails as it does in a deployment, for whoever called it', async () => {
    const { order } = secrets;
    secrets.order = { username: 'payment', password: 'x' };
    await expect(handler(byHand)).rejects.toThrow('the secret of order has the credentials of payment');
    secrets.order = order as object;
  });

  test('sends the administrator’s password to no address that an event names', async () => {
    const heard: string[] = [];
    const stranger = createServer((request, response) => {
      heard.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end('{}');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const strange = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const ResourceProperties = {
      ...{ ServiceToken: 'x', ManagementUrl: `http://${strange}`, AmqpUrl: `amqp://${strange}` },
      ...{ AdminSecret: 'order', Secrets: { order: 'payment', inventory: 'admin' } },
    };
    await handler({ ...byHand, ResourceProperties });
    expect(asked.map(({ request }) => request)).toContain('PUT /api/users/order');
    const answered = handler({ ...byHand, ResourceProperties, ResponseURL: `http://${strange}/answer` });
    await expect(answered).rejects.toThrow('not CloudFormation’s');
    stranger.close();
    expect(heard).toEqual([]);
  });

  test('fails the deployment with what to do if a queue differs, and makes no user', async () => {
    const connection = await amqp.connect(system.urls.rabbitmq);
    const channel = await connection.createChannel();
    await channel.deleteQueue('payment.dead');
    await channel.assertQueue('payment.dead', { durable: true, arguments: { 'x-queue-type': 'classic' } });
    expect(await deploy('Update')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^nothing was changed[\s\S]*queue payment\.dead[\s\S]*delete it/),
    });
    expect(asked).toHaveLength(1);
    await channel.deleteQueue('payment.dead');
    expect(await deploy('Update')).toMatchObject({ Status: 'SUCCESS' });
    await connection.close();
  });

  test('on Delete leaves everything as it is: queues hold messages', async () => {
    expect(await deploy('Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(asked).toHaveLength(1);
    const connection = await amqp.connect(system.urls.rabbitmq);
    const channel = await connection.createChannel();
    expect(await channel.checkQueue('order')).toMatchObject({ queue: 'order' });
    await connection.close();
  });
});
