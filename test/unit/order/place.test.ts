import { describe, expect, test } from 'vitest';
import type { HttpReply } from '../../../engine/http/http.ts';
import { place } from '../../../functions/order/place.ts';
import { scene } from '../../support/engine-runs.ts';
import { httpEvent } from '../../support/http-event.ts';

/** Goal: a card's number goes nowhere. Method: POST /orders with one in the place of a payment method. */
describe('a payment method that only Stripe may see', () => {
  test.each([
    ['a card’s number', '4242424242424242'],
    ['a card’s number that looks like an id', 'pm_4242424242424242'],
    ['a card’s number in groups', 'pm_5555-5555-5555-4444'],
    ['a secret key', 'sk_live_51H8'],
    ['a security code', 'cvc123'],
  ])('%s is refused, and nothing is stored', async (_what, paymentMethod) => {
    const { edges, store } = scene();
    const reply = (await place(edges)(
      httpEvent({
        headers: { 'content-type': 'application/json', 'idempotency-key': 'a' },
        body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }], paymentMethod }),
        authorizer: { principalId: 'alice', role: 'customer' },
      }),
      {} as never,
    )) as HttpReply;
    expect(reply.statusCode).toBe(422);
    expect(reply.body).not.toContain(paymentMethod);
    expect(store.items.size).toBe(0);
  });
});
