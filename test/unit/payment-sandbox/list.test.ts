import fc from 'fast-check';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf, SandboxUnderTest } from '../../support/payment-sandbox.ts';

/** Goal: who reads all pages of a span of time has read every intent of it once. Method: the real SDK's lists. */
const sandbox = new SandboxUnderTest();
let stripe: Stripe;
const made: Stripe.PaymentIntent[] = [];
beforeAll(async () => {
  await sandbox.start();
  stripe = sandbox.stripe();
  for (let count = 0; count < 25; count += 1) {
    if (count === 12) await new Promise((resolve) => setTimeout(resolve, 1_100));
    made.push(await sandbox.prepare('pm_card_visa'));
  }
});
afterAll(() => sandbox.end());

async function read(created: Stripe.RangeQueryParam, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let hasMore = true; hasMore; ) {
    const after = ids.at(-1);
    const page = await stripe.paymentIntents.list({
      created,
      limit,
      ...(after === undefined ? {} : { starting_after: after }),
    });
    expect(page.data.length).toBeLessThanOrEqual(limit);
    ids.push(...page.data.map(({ id }) => id));
    hasMore = page.has_more;
  }
  return ids;
}

test('all pages together are what was made in a span of time, newest first', async () => {
  const first = made[0]?.created ?? 0;
  const second = () => fc.integer({ min: first - 1, max: (made.at(-1)?.created ?? 0) + 2 });
  await fc.assert(
    fc.asyncProperty(second(), second(), fc.integer({ min: 1, max: 30 }), async (gte, lt, limit) => {
      const expected = made.filter(({ created }) => created >= gte && created < lt).map(({ id }) => id);
      expect(await read({ gte, lt }, limit)).toEqual(expected.toReversed());
    }),
    { numRuns: 30 },
  );
});

test('the charges come with the intents if they are asked for', async () => {
  const charged = await sandbox.charge('pm_card_visa');
  await stripe.refunds.create({ payment_intent: charged.id, amount: 250 });
  const { data } = await stripe.paymentIntents.list({ limit: 2, expand: ['data.latest_charge'] });
  expect(data.map(({ id, latest_charge: charge }) => [id, charge])).toEqual([
    [charged.id, expect.objectContaining({ object: 'charge', amount_refunded: 250, disputed: false })],
    [made.at(-1)?.id, null],
  ]);
  const plain = await stripe.paymentIntents.list({ limit: 1 });
  expect(plain.data[0]?.latest_charge).toBe(charged.latest_charge);
});

test('what it does not know is refused', async () => {
  for (const params of [
    { starting_after: 'pi_none' },
    { expand: ['data.customer'] },
    { created: { after: 1 } },
    { customer: 'cus_1' },
    { limit: 101 },
  ])
    expect(await refusalOf(stripe.paymentIntents.list(params as object))).toMatchObject({ statusCode: 400 });
});
