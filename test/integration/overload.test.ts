import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: more orders than the provider allows charges harm nothing, and the allowed rate is used. Method: a real system,
 * whose sandbox refuses what comes too fast, as Stripe does.
 */
let world: World;
const ALLOWED = 25;
const ORDERS_PER_SECOND = 60;
const SECONDS = 15;

beforeAll(async () => {
  world = await startWorld({
    PAYMENT_RATE_LIMIT: '100',
    PAYMENT_ENDPOINT_RATE_LIMIT: String(ALLOWED),
    STRIPE_WEBHOOK_URL: '',
  });
  await world.stock({ sku: 'mug', available: 1_000_000, unitPriceMinor: 1290 });
  await providerIs(world, { ratePerSecond: 100, endpointRatePerSecond: ALLOWED });
});
afterAll(() => world?.end());

// Fails where a refusal is a failed attempt: within minutes the messages are dead letters, and the provider is hammered.
test(`${ORDERS_PER_SECOND} orders a second before a provider that allows ${ALLOWED}: all are charged, as fast as is allowed`, async () => {
  const alice = await world.customer();
  const orders = ORDERS_PER_SECOND * SECONDS;
  const beganMs = performance.now();
  const placed: Promise<string>[] = [];
  for (let order = 0; order < orders; order += 1) {
    const dueMs = beganMs + (order * 1_000) / ORDERS_PER_SECOND;
    await delay(Math.max(0, dueMs - performance.now()));
    placed.push(alice.place([{ sku: 'mug', quantity: 1 }]));
  }
  await Promise.all(placed);
  const { violations, statuses, deadLetters } = await audit(world, { timeoutMs: 90_000 });
  const tookSeconds = (performance.now() - beganMs) / 1_000;
  expect({ violations, statuses, deadLetters }).toEqual({
    violations: [],
    statuses: { CONFIRMED: orders },
    deadLetters: 0,
  });
  const ledger = await fetch(`${world.system.urls.payments}/ledger`);
  const { attempts } = (await ledger.json()) as { readonly attempts: { readonly rateLimited: number } };
  console.log(`    ${orders} orders in ${tookSeconds.toFixed(1)} s, ${attempts.rateLimited} answers 429`);
  // Each order needs two calls, of two endpoints.
  const idealSeconds = orders / ALLOWED;
  expect(tookSeconds).toBeLessThan(idealSeconds * 1.3);
  expect(attempts.rateLimited).toBeLessThan(orders / 100);
}, 180_000);
