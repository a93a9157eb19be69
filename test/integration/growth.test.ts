import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  for (let sku = 0; sku < 10; sku += 1) {
    await world.stock({ sku: `sku-${sku}`, available: 1_000_000, unitPriceMinor: 300 });
  }
});
afterAll(() => world?.end());

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentMB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** Established connections to the broker, from the client's side. https://man7.org/linux/man-pages/man5/proc_pid_net.5.html */
function brokerConnections(): number {
  const port = Number(new URL(world.system.urls.rabbitmq).port).toString(16).toUpperCase().padStart(4, '0');
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows.filter((row) => {
    const [, , remote = '', state] = row.trim().split(/\s+/);
    return remote.endsWith(`:${port}`) && state === '01';
  }).length;
}

const CONCURRENCY = 16;

const place = (count: number) =>
  inParallel(Array.from({ length: count }), CONCURRENCY, (_, index) =>
    alice.place(
      [{ sku: `sku-${index % 10}`, quantity: 1 }],
      index % 10 === 9 ? 'pm_card_chargeDeclined' : 'pm_card_visa',
    ),
  );

async function settled() {
  const result = await audit(world, { timeoutMs: 60_000 });
  expect(result.violations).toEqual([]);
  return result;
}

describe('growth', () => {
  test('10,000 sagas: memory stays, items stay small, one connection for each publishing environment', async () => {
    // Workers, pools and caches are warm after these.
    await place(2_000);
    await settled();
    const parts = world.system.parts;
    const measure = () => ({
      workersMB: residentMB(parts.api.pid),
      databaseMB: residentMB(parts.dynamodb.pid),
      sandboxMB: residentMB(parts.payments.pid),
      connections: brokerConnections(),
    });
    const before = measure();
    await place(8_000);
    const { orders, deadLetters } = await settled();
    const after = measure();
    console.log('RSS before and after 8,000 more sagas', before, after);
    expect(orders.size).toBe(10_000);
    expect(deadLetters).toBe(0);
    expect(after.workersMB).toBeLessThan(before.workersMB * 1.5 + 100);
    const sizes = [...orders.values()].map((order) => JSON.stringify(order).length);
    expect(Math.max(...sizes)).toBeLessThan(3_000);
    // One for each environment of place-order and of the three participants, and the event source's own.
    expect(after.connections).toBeLessThanOrEqual(CONCURRENCY + 3 + 4);
  }, 300_000);
});
