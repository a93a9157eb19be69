import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDatabase } from '../../infra/local/dynamodb/database.ts';
import { freePorts, type Ports } from '../../infra/local/ports.ts';
import type { Part } from '../../infra/local/processes/part.ts';
import { projectDir } from '../../infra/local/project.ts';
import { findBroker } from '../../infra/local/rabbitmq/broker.ts';
import { suiteFiles } from '../given/files.ts';
import { type RecordedRun, startRecordedRun, wordOf } from '../support/localstack/recorded-run.ts';

/**
 * Goal: `npm run test:localstack` does everything in the order that it needs, and cleans up. Method: a rehearsal
 * without Docker. Its programs only write down how they are called; broker, database and event source are real, and
 * LocalStack's other answers are made up here. It says nothing about LocalStack.
 */
const parts: Part[] = [];
/** By the path of each user, the tags it was given. */
const users = new Map<string, string>();
let dataDir: string;
let ports: Ports;
let database: string;
let localstack: Server;
let management: Server;
let eventSource: ChildProcess;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-rehearsal-'));
  ports = await freePorts();
  const options = { environment: { PATH: process.env.PATH }, dataDir, ports, report: () => {} };
  const [broker, { part, endpoint }] = await Promise.all([findBroker(options), findDatabase(options)]);
  database = endpoint;
  parts.push(broker.part, part);
  await Promise.all(parts.map((each) => each.start()));
  localstack = await serve(ports.lambda, answerAsLocalStack);
  management = await serve(ports.api, async (request) => {
    const { tags } = JSON.parse(String(await bodyOf(request))) as { readonly tags?: string };
    if (tags !== undefined) users.set(String(request.url), tags);
    return '';
  });
  eventSource = startEventSource(broker.url);
});
afterAll(async () => {
  eventSource?.kill();
  localstack?.close();
  management?.close();
  for (const part of parts) await part.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

function serve(port: number, answer: (request: IncomingMessage) => Promise<string>): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      () => response.destroy(),
    );
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answerAsLocalStack(request: IncomingMessage): Promise<string> {
  if (request.url === '/restapis') {
    return JSON.stringify({
      item: [
        { id: 'other', name: 'x' },
        { id: 'abc123', name: 'localstack-order-saga' },
      ],
    });
  }
  const names = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'];
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
  const response = await fetch(database, { method: 'POST', headers, body: await bodyOf(request) });
  return response.text();
}

/** As docker-compose.yml starts it. */
function startEventSource(rabbitmq: string): ChildProcess {
  const print = 'node_modules/serverless/bin/serverless.js print --stage localstack --format json';
  const config = join(dataDir, 'service.json');
  const command = 'infra/local/rabbitmq-event-source/command.ts';
  const node = `'${process.execPath}'`;
  return spawn(
    'sh',
    ['-c', `${node} ${print} > '${config}' && exec ${node} ${command} --config '${config}'`],
    {
      cwd: projectDir,
      env: {
        ...{ PATH: process.env.PATH, RABBITMQ_URL: rabbitmq },
        ...{ AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${ports.lambda}` },
        ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      },
      stdio: 'ignore',
    },
  );
}

const start = (failAt: string): RecordedRun =>
  startRecordedRun({
    programs: ['docker', 'sls', 'vitest'],
    failAt,
    environment: {
      RABBITMQ_PORT: String(ports.rabbitmq),
      RABBITMQ_MANAGEMENT_PORT: String(ports.api),
      LOCALSTACK_PORT: String(ports.lambda),
      PAYMENTS_PORT: String(ports.payments),
      ISSUER_PORT: String(ports.issuer),
    },
  });

test.each([
  ['green', '', 0, ['up', 'sls', 'vitest', 'down']],
  ['a deployment that fails', 'sls', 1, ['up', 'sls', 'logs', 'down']],
  ['a suite that fails', 'vitest', 1, ['up', 'sls', 'vitest', 'down']],
] as const)('%s', async (_, failAt, exitCode, words) => {
  const run = start(failAt);
  try {
    const end = await run.ended;
    expect(end, end.output).toMatchObject({ exitCode });
    expect(run.calls().map(wordOf).slice(2)).toEqual(words);
    const projects = run.calls().flatMap(({ args }) => args.filter((arg) => arg.startsWith('order-saga-')));
    expect(new Set(projects)).toEqual(new Set([`order-saga-localstack-${ports.lambda}`]));
  } finally {
    run.discard();
  }
});

test('prepares what LocalStack and the broker have not, and tells the suite where everything is', async () => {
  const run = start('');
  try {
    await run.ended;
    const suite = run.calls().find(({ program }) => program === 'vitest');
    const files = suite?.args.filter((arg) => arg.endsWith('.test.ts'));
    expect(files).toEqual(suiteFiles);
    const endpoint = `http://127.0.0.1:${ports.lambda}`;
    expect(suite?.environment).toMatchObject({
      SAGA_API_URL: `${endpoint}/_aws/execute-api/abc123/localstack`,
      ...{ SAGA_LAMBDA_URL: endpoint, SAGA_DYNAMODB_URL: endpoint, SAGA_STAGE: 'localstack' },
    });
    expect(run.calls().find(({ program }) => program === 'sls')).toMatchObject({
      args: ['deploy', '--stage', 'localstack'],
      environment: { AWS_ENDPOINT_URL: endpoint, STRIPE_API_BASE: 'http://payments:3010' },
    });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: database, region: 'eu-central-1', credentials });
    const { TableNames: tables } = await client.send(new ListTablesCommand());
    expect(tables).toEqual(['inventory', 'order', 'payment'].map((name) => `order-saga-localstack-${name}`));
    // The suite says what services say, which the broker lets nobody else do.
    expect(users.get('/api/users/local')).toBe('administrator,impersonator');
    for (const name of ['order', 'inventory', 'payment']) expect(users.get(`/api/users/${name}`)).toBe('');
  } finally {
    run.discard();
  }
});
