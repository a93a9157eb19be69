import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../../infra/local/project.ts';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { type Forward, whileInterposed } from '../support/saga/interpose.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Runs in a scratch copy in which somebody is told how an order ends, against a whole system: see new-participant.test.ts. */
let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer('alice');
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

const listener = shop.services.find((service) => shop.partOf(service).record === 'mail') ?? '';
/** What was sent about an order, a line for each time. */
const sent = (orderId: string): string => {
  const file = join(projectDir, '.local', listener, orderId);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test('whose order is confirmed is sent one letter, though the outcome comes twice', async () => {
  await whileInterposed(
    world,
    async ({ to, forward }) => {
      await forward();
      if (String(to) === listener) await forward();
    },
    async () => {
      const orderId = await alice.place([{ sku: 'mug', quantity: 2 }]);
      expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
      expect((await audit(world)).violations).toEqual([]);
      expect(sent(orderId)).toBe('Thank you for 1 things, 2580 EUR.\n');
      expect(await alice.expect(200, 'GET', `/orders/${orderId}/mail`)).toMatchObject({ status: 'DONE' });
    },
  );
});

test('whose order is cancelled is sent none', async () => {
  const orderId = await alice.place([{ sku: 'mug', quantity: 2 }], 'pm_card_chargeDeclined');
  expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
  expect((await audit(world)).violations).toEqual([]);
  expect(sent(orderId)).toBe('');
  await alice.expect(404, 'GET', `/orders/${orderId}/mail`);
});

// Fails where the audit does not look at who hears of outcomes.
test('an outcome that has not reached its listener is a violation until it has', async () => {
  const held: Forward[] = [];
  await whileInterposed(
    world,
    async ({ to, forward }) => {
      if (String(to) === listener) held.push(forward);
      else await forward();
    },
    async () => {
      const orderId = await alice.place([{ sku: 'mug', quantity: 1 }]);
      expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
      const { violations } = await audit(world, { timeoutMs: 2_000 });
      expect(violations).toEqual([
        expect.stringMatching(`^P6 ${listener} has not heard of it: .*${orderId}$`),
      ]);
      for (const forward of held) await forward();
      expect((await audit(world)).violations).toEqual([]);
      expect(sent(orderId)).not.toBe('');
    },
  );
});
