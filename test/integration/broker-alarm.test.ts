import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../infra/local/ports.ts';
import { endAlarm, raiseAlarm } from '../support/broker-alarm.ts';
import { type PrivateNode, rabbitmqctl } from '../support/broker-control.ts';
import { audit } from '../support/saga/audit.ts';
import type { Client, Reply } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: a broker short of memory or disk costs time and nothing else. Method: orders before and during its alarm, on a
 * real system, of which the broker lists the connections.
 */
let world: World;
let node: PrivateNode;
let alice: Client;

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  const ports = await freePorts();
  node = { dataDir, rabbitmqDistPort: ports.rabbitmqDist };
  world = await startWorld({}, { dataDir, ports });
  await world.stock({ sku: 'mug', available: 10_000, unitPriceMinor: 1290 });
  alice = await world.customer();
});
afterAll(() => world?.end());

/** How many connections the functions hold, by name. */
async function connections(): Promise<Readonly<Record<string, number>>> {
  const listed = await rabbitmqctl(node, '--quiet', 'list_connections', 'client_properties');
  const held: Record<string, number> = {};
  for (const [, name = ''] of listed.matchAll(/"connection_name","(order-saga [^"]*)"/g)) {
    held[name] = (held[name] ?? 0) + 1;
  }
  return held;
}

interface Timed {
  readonly reply: Reply;
  readonly tookMs: number;
}

async function timed(call: () => Promise<Reply>): Promise<Timed> {
  const begin = performance.now();
  const reply = await call();
  return { reply, tookMs: performance.now() - begin };
}

const services = ['order', 'inventory', 'payment'];
const ORDERS = 12;
const ALARM_MS = 35_000;
/** Within its limit a request has been given up by both ends. */
const BOUND_MS = 5_000;

// Fails where a blocked connection is replaced: each order costs two, until the broker takes none, and its dead letters
// cannot be read. And where a batch fails at once: within minutes the broker has delivered it too often.
test.each(['memory', 'disk'] as const)(
  'short of %s for half a minute, the broker keeps its connections, and every order ends',
  async (shortage) => {
    const before = await Promise.all(
      Array.from({ length: ORDERS }, () => alice.place([{ sku: 'mug', quantity: 1 }])),
    );
    await raiseAlarm(node, shortage);
    const raisedMs = performance.now();
    const during: Timed[] = [];
    try {
      for (let order = 0; order < ORDERS; order += 1) {
        during.push(await timed(() => alice.order([{ sku: 'mug', quantity: 1 }])));
      }
      for (const service of services) {
        const { reply, tookMs } = await timed(() => world.operator.call('GET', `/dead-letters/${service}`));
        expect(reply).toMatchObject({ status: 200, body: { items: [] } });
        expect(tookMs).toBeLessThan(BOUND_MS);
      }
      await delay(Math.max(0, raisedMs + ALARM_MS - performance.now()));
      const held = await connections();
      expect(Object.keys(held)).toEqual(
        expect.arrayContaining(services.map((each) => `order-saga ${each} reads`)),
      );
      // All functions share one process here: of a service, those of requests have one, and its consumer another.
      expect(Math.max(...Object.values(held)), JSON.stringify(held)).toBeLessThanOrEqual(2);
    } finally {
      await endAlarm(node, shortage);
    }
    expect(during.map(({ reply }) => reply.status)).toEqual(Array.from({ length: ORDERS }, () => 202));
    expect(Math.max(...during.map(({ tookMs }) => tookMs))).toBeLessThan(BOUND_MS);
    await world.nudge();
    const result = await audit(world, { timeoutMs: 60_000 });
    expect(result).toMatchObject({ violations: [], deadLetters: 0 });
    const placed = [...before, ...during.map(({ reply }) => reply.body.orderId)];
    expect(placed.filter((orderId) => !result.orders.has(orderId))).toEqual([]);
  },
  180_000,
);
