import { expect, test } from 'vitest';
import * as z from 'zod';
import type { HttpReply } from '../../../engine/http/http.ts';
import { placing } from '../../../engine/initiator/place.ts';
import { Lines, PaymentMethod } from '../../../functions/events.ts';
import { order } from '../../../functions/order/order.ts';
import { scene } from '../../support/engine-runs.ts';
import { paymentMethod } from '../../support/facts.ts';
import { httpEvent } from '../../support/http-event.ts';

// Fails where the fingerprint is that of what the schema makes of the body: a default that a deployment adds is then
// another body, and a customer who sends the same request again is refused.
test('a request is the same to a version that adds a default to its body', async () => {
  const { edges } = scene();
  const request = httpEvent({
    headers: { 'content-type': 'application/json', 'idempotency-key': 'a' },
    body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }] }),
    authorizer: { principalId: 'alice', role: 'customer' },
  });
  const statusOf = async (method: string): Promise<number> => {
    const wanted = z.strictObject({ items: Lines, paymentMethod: PaymentMethod.default(method) });
    const reply = (await placing(order, edges, wanted)(request, {} as never)) as HttpReply;
    return reply.statusCode;
  };
  expect([await statusOf(paymentMethod), await statusOf('pm_card_mastercard')]).toEqual([202, 202]);
});
