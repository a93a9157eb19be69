import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { handler } from '../../infra/aws/topology/handler.ts';
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
  ...Object.fromEntries(
    ['order', 'inventory', 'payment'].map((name) => [name, { username: name, password: `of ${name}` }]),
  ),
};

async function answer(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const body = JSON.parse(text) as { readonly SecretId?: string };
  if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
    return JSON.stringify({ SecretString: JSON.stringify(secrets[body.SecretId ?? '']) });
  }
  asked.push({
    request: `${request.method} ${request.url}`,
    authorization: request.headers.authorization ?? '',
    body,
  });
  return '';
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  system = await startSystem({ dataDir, ports: await freePorts(), withApi: false });
  server = createServer((request, response) => void answer(request).then((text) => response.end(text)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', address());
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
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

async function deploy(RequestType: 'Create' | 'Update' | 'Delete'): Promise<object | undefined> {
  const url = new URL(system.urls.rabbitmq);
  url.username = '';
  url.password = '';
  const event = {
    ...{ RequestType, ResponseURL: `${address()}/answer`, StackId: 's', RequestId: 'r' },
    LogicalResourceId: 'Topology',
    ResourceProperties: {
      AmqpUrl: url.href,
      ManagementUrl: address(),
      AdminSecret: 'admin',
      Secrets: { order: 'order', inventory: 'inventory', payment: 'payment' },
    },
  };
  await handler(event as unknown as Parameters<typeof handler>[0]);
  return asked.findLast(({ request }) => request === 'PUT /answer')?.body;
}

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
        ['order', 'inventory', 'payment'].flatMap((name) => [
          `PUT /api/users/${name}`,
          `PUT /api/permissions/%2F/${name}`,
        ]),
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
