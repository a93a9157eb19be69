import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { region } from '../../../infra/local/environment.ts';
import { freePorts, type Ports } from '../../../infra/local/ports.ts';
import { Command, portVariables, runningProcesses } from '../../support/local-system/start-command.ts';
import { until } from '../../support/saga/until.ts';

/**
 * Goal: what is simulated also runs. Method: the commands that a person types, each a process of its own: `npm start --
 * examples/trip` with RabbitMQ, dynoxide and serverless-offline, and its scenarios by `sls invoke`. What they leave in
 * the tables and at the car company is counted.
 */
const TRIP = 'examples/trip';
const dataDir = mkdtempSync(join(tmpdir(), 'trip-saga-'));
let ports: Ports;
let system: Command;

const run = (entry: string, ...args: readonly string[]) =>
  new Command(entry, [TRIP, ...args], { DATA_DIR: dataDir, ...portVariables(ports) });

beforeAll(async () => {
  ports = await freePorts();
  system = run('infra/local/start.ts');
  await system.printed('everything is up', 120_000);
}, 180_000);

afterAll(async () => {
  system?.child.kill('SIGTERM');
  await system?.ended;
  for (const pid of runningProcesses(dataDir).values()) process.kill(pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

async function itemsOf(service: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${ports.dynamodb}`, region, credentials });
  try {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: `trip-saga-local-${service}` }));
    return Items.map((item) => unmarshall(item));
  } finally {
    client.destroy();
  }
}

interface Stored {
  readonly state: Readonly<Record<string, unknown>> & { readonly status: string };
}

const statesOf = async (service: string): Promise<readonly Stored['state'][]> =>
  (await itemsOf(service)).flatMap(({ record }) =>
    typeof record === 'string' ? [(JSON.parse(record) as Stored).state] : [],
  );

interface Rental {
  readonly answer: { readonly done?: { readonly reference: string } };
  readonly isUndone: boolean;
}

async function rentals(): Promise<readonly Rental[]> {
  const reply = await fetch(`http://127.0.0.1:${ports.payments}/ledger`);
  return Object.values((await reply.json()) as Readonly<Record<string, Rental>>);
}

async function playing(name: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run('infra/local/saga/saga.ts', name).ended;
  expect(stdout + stderr).toContain(`✓ ${name}`);
  expect(exitCode).toBe(0);
  return stdout;
}

describe('npm start -- examples/trip', () => {
  test('books a flight, a hotel and a car', async () => {
    const told = await playing('happy');
    for (const row of [/trip +CONFIRMED/, /flight +BOOKED/, /hotel +BOOKED/, /car +DONE/])
      expect(told).toMatch(row);
  }, 120_000);

  test('gives everything back where the hotel is full', async () => {
    const told = await playing('hotel-full');
    for (const row of [/trip +CANCELLED +HOTEL_FULL/, /flight +RELEASED/, /hotel +REFUSED/]) {
      expect(told).toMatch(row);
    }
  }, 120_000);

  test('gives everything back where the car company never answers', async () => {
    const told = await playing('no-car');
    for (const row of [/trip +CANCELLED +DEADLINE/, /car +VOID +WAITING → ASKING → ABANDONING → VOID/]) {
      expect(told).toMatch(row);
    }
  }, 180_000);

  test('has lost no seat and no room, and one car is rented', async () => {
    // Two people of the happy trip have a seat and a room each.
    for (const [service, put] of [['flight', 9 + 9 + 9] as const, ['hotel', 9 + 1 + 9] as const]) {
      const left = (await itemsOf(service)).flatMap((item) => ('left' in item ? [Number(item.left)] : []));
      const held = (await statesOf(service)).filter(({ status }) => status === 'BOOKED');
      expect(left.reduce((sum, each) => sum + each, 0)).toBe(put - 2);
      expect(held.map(({ changes }) => changes)).toMatchObject([[{ delta: -2 }]]);
    }
    const [confirmed] = (await statesOf('trip')).filter(({ status }) => status === 'CONFIRMED');
    const rented = (await rentals()).filter(({ answer, isUndone }) => answer.done && !isUndone);
    expect(rented.map(({ answer }) => answer.done)).toEqual([{ reference: confirmed?.reference }]);
  });

  test('asks for a token, and shows a trip to its traveller alone', async () => {
    const tokenOf = async (role: string, name: string) =>
      (await run('infra/local/identity/token.ts', role, name).ended).stdout.trim();
    const [ada, bob, olga] = [
      await tokenOf('traveller', 'ada'),
      await tokenOf('traveller', 'bob'),
      await tokenOf('operator', 'olga'),
    ];
    const call = (method: string, path: string, token: string, body?: object) =>
      fetch(`http://127.0.0.1:${ports.api}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'real-1',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await call('PUT', '/flights/F1', ada, { left: 1 })).status).toBe(403);
    expect((await call('PUT', '/flights/F1', olga, { left: 1 })).status).toBe(200);
    expect((await call('PUT', '/hotels/H1', olga, { left: 1 })).status).toBe(200);
    const wanted = { flight: 'F1', hotel: 'H1', car: 'slow', people: 1 };
    expect((await call('POST', '/trips', 'no.good.token', wanted)).status).toBe(401);
    const placed = await call('POST', '/trips', ada, wanted);
    expect(placed.status).toBe(202);
    const path = placed.headers.get('location') ?? '';
    expect((await call('GET', path, bob)).status).toBe(404);
    const shown = await until('the slow company has answered', async () => {
      const trip = (await (await call('GET', path, ada)).json()) as { readonly status: string };
      return trip.status === 'PENDING' ? undefined : trip;
    });
    expect(shown).toMatchObject({ status: 'CONFIRMED', ...wanted });
    expect((await call('GET', `${path}/seats`, ada)).status).toBe(200);
    expect((await call('POST', `${path}/cancel`, ada)).status).toBe(409);
  }, 60_000);
});

test('npm start with what is no saga ends with one line that says what to do', async () => {
  const { exitCode, stdout, stderr } = await new Command('infra/local/start.ts', ['nonsense'], {
    DATA_DIR: dataDir,
  }).ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain('npm start -- examples/trip');
});
