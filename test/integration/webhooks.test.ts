import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from '../support/saga/client.ts';
import { until } from '../support/saga/until.ts';
import type { World } from '../support/saga/world.ts';

/**
 * Goal: whoever subscribes is told how each order ends, exactly once by its id, whatever the receiver does meanwhile. Method: a
 * whole system with two subscribers, whose receiver is a real server. It checks each signature as the standard says, and not by
 * our code. The setting is there before the shop is declared, so this file has a process of its own.
 */
const keys = [randomBytes(32), randomBytes(32)];

interface Got {
  readonly to: string;
  readonly id: string;
  readonly body: string;
  readonly status: number | 'none';
}
const got: Got[] = [];
/** How the receiver answers the next webhooks to each subscriber; then with 204. `none`: never. */
const answers: Record<string, (number | 'none')[]> = { erp: [], crm: [] };

const receiver = createServer((request, reply) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const to = (request.url ?? '').slice(1);
    const status = isSigned(request, body) ? (answers[to]?.shift() ?? 204) : 401;
    got.push({ to, id: String(request.headers['webhook-id']), body, status });
    if (status === 'none') return;
    reply.statusCode = status;
    reply.end();
  });
});

/** Each of the receiver's keys alone is enough, as it may not have the new one yet, or the old one no more. */
function isSigned({ headers }: IncomingMessage, body: string): boolean {
  const [id, timestamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return false;
  const signatures = String(headers['webhook-signature']).split(' ');
  return keys.every((key) => {
    const signed = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`);
    return signatures.includes(`v1,${signed.digest('base64')}`);
  });
}

await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const at = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
const secrets = keys.map((key) => `whsec_${key.toString('base64')}`).join(' ');
vi.stubEnv('WEBHOOK_SUBSCRIBERS', `erp=${at}/erp,crm=${at}/crm order.cancelled`);
vi.stubEnv('WEBHOOK_ERP_SECRET_KEY', secrets);
vi.stubEnv('WEBHOOK_CRM_SECRET_KEY', secrets);
const { startWorld } = await import('../support/saga/world.ts');
const { audit } = await import('../support/saga/audit.ts');
const { whileInterposed } = await import('../support/saga/interpose.ts');

let world: World;
let alice: Client;
beforeAll(async () => {
  world = await startWorld({ RETRY_DELAYS: '200ms,400ms,800ms' });
  alice = await world.customer('alice');
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1_290 });
});
afterAll(async () => {
  await world?.end();
  receiver.close();
  receiver.closeAllConnections();
  vi.unstubAllEnvs();
});

const gotOf = (orderId: string, to: string) =>
  got.filter((each) => each.to === to && each.id.startsWith(orderId));
const logOf = async (orderId: string) =>
  (await world.operator.expect(200, 'GET', `/orders/${orderId}/webhooks`)).deliveries as readonly {
    readonly subscriber: string;
    readonly status: string;
  }[];

test('a receiver that fails twice gets it a third time under the same id, and no more though the outcome comes twice', async () => {
  answers.erp = [503, 500];
  await whileInterposed(
    world,
    async ({ to, forward }) => {
      await forward();
      if (String(to) === 'webhooks') await forward();
    },
    async () => {
      const orderId = await alice.place([{ sku: 'mug', quantity: 2 }]);
      expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
      expect((await audit(world)).violations).toEqual([]);
      await until('it is delivered', async () => (await logOf(orderId))[0]?.status === 'DELIVERED');
      const told = gotOf(orderId, 'erp');
      // Copies are settled one by one, so both may have failed before either was tried again.
      expect(told.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(told.map(({ status }) => status)).toEqual([503, 500, 204]);
      expect(new Set(told.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
      expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({
        type: 'order.confirmed',
        data: { orderId, status: 'CONFIRMED', totalMinor: 2_580, currency: 'EUR' },
      });
      expect(gotOf(orderId, 'crm')).toEqual([]);
      await alice.expect(403, 'GET', `/orders/${orderId}/webhooks`);
    },
  );
});

test('a receiver that never answers holds up no other one, is a dead letter at last, and is told once somebody wants that', async () => {
  answers.crm = ['none'];
  const orderId = await alice.place([{ sku: 'mug', quantity: 1 }], 'pm_card_chargeDeclined');
  const beganMs = performance.now();
  expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
  await until('erp is told', () => gotOf(orderId, 'erp').some(({ status }) => status === 204));
  const others = await alice.place([{ sku: 'mug', quantity: 1 }]);
  await alice.until(others);
  await until('erp is told of the other order', () => gotOf(others, 'erp').length > 0);
  expect(performance.now() - beganMs).toBeLessThan(15_000);

  const [dead] = await until('there is a dead letter', async () => {
    const { items } = await world.operator.expect(200, 'GET', '/dead-letters/webhooks');
    return items.length > 0 && items;
  });
  expect(dead).toMatchObject({ orderId, reason: 'gave up after 4 attempts' });
  expect(gotOf(orderId, 'erp')).toHaveLength(1);

  const wish = { reason: 'it is mended', subscriber: 'crm' };
  const resent = await world.operator.expect(200, 'POST', `/orders/${orderId}/webhooks/resend`, wish);
  expect(resent.deliveries).toMatchObject([{ subscriber: 'crm', status: 'DELIVERED', resends: 1 }]);
  const [first, second] = gotOf(orderId, 'crm');
  expect(second).toEqual({ ...first, status: 204 });
  const redriven = await world.operator.expect(200, 'POST', '/dead-letters/webhooks/redrive', {
    reason: 'told',
  });
  expect(redriven).toMatchObject({ redriven: 1 });
  await until('everybody is told', async () => (await audit(world)).violations.length === 0);
  expect([gotOf(orderId, 'erp').length, gotOf(orderId, 'crm').length]).toEqual([1, 2]);
  const { items } = await world.operator.expect(200, 'GET', '/audit/webhooks');
  expect(items.map(({ act }: { readonly act: string }) => act)).toEqual(['redrive', 'resend']);
});
