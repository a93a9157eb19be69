import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderIdOf } from '../../support/facts.ts';
import type { Line } from '../../support/logged.ts';
import { type News, WEBHOOK_SECRET } from '../../support/payment-service.ts';
import { atSandbox, type SandboxedPayment } from '../../support/sandboxed-payment.ts';

/**
 * Goal: a webhook of Stripe makes the payment service look, and decides nothing itself. Method: Stripe's own client and
 * signatures, and the payment sandbox, which says what is true.
 */
const CHALLENGED = 'pm_card_threeDSecure2Required';
let service: SandboxedPayment;
let logged: readonly Line[];

atSandbox((fresh) => {
  ({ service, logged } = fresh);
});

const ofIntent = (order: number, type: string): News => ({
  type,
  object: { id: service.intentOf(order), metadata: { orderId: orderIdOf(order) } },
});
/** A refund that was made by hand, or a dispute. */
const ofCharge = (order: number, type: string): News => ({
  type,
  object: { payment_intent: service.intentOf(order), metadata: {} },
});
const linesOf = (message: string) => logged.filter((line) => line.message === message);

/** A payment that the customer has approved, of which the service has not heard. */
async function approved(order: number): Promise<News> {
  await service.reserved(order, CHALLENGED);
  await service.challenge(order, 'approve');
  return ofIntent(order, 'payment_intent.succeeded');
}

describe('what Stripe has signed', () => {
  test('makes the service look, which says what has become of the payment', async () => {
    const news = await approved(1);
    expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'done' } });
    expect(service.stateOf(1)).toMatchObject({ status: 'CAPTURED' });
    expect(service.saidOf(1)).toEqual(['payment.challenged', 'payment.captured']);
    expect(linesOf('payment looked at')).toEqual([
      { level: 'info', message: 'payment looked at', orderId: orderIdOf(1), status: 'CAPTURED' },
    ]);
  });

  test('is read in base64, too, as API Gateway sends binary media', async () => {
    const news = await approved(2);
    const body = (signed: string) => Buffer.from(signed);
    expect(await service.post(news, { body })).toEqual({ code: 200, body: { outcome: 'done' } });
    expect(service.stateOf(2)?.status).toBe('CAPTURED');
  });

  test('is taken for five minutes, and from a clock that is as much ahead', async () => {
    const news = await approved(3);
    for (const ageSeconds of [299, -299])
      expect(await service.post(news, { ageSeconds })).toMatchObject({ code: 200 });
  });

  test('and is about something else is answered without a look', async () => {
    await service.reserved(4);
    const { asked } = service;
    for (const type of ['customer.created', 'payment_intent.created', 'charge.succeeded', 'payout.paid'])
      expect(await service.post(ofIntent(4, type))).toEqual({
        code: 200,
        body: { outcome: 'not of interest' },
      });
    expect(service.asked).toBe(asked);
  });

  test.each([
    ['without metadata', { metadata: null }],
    ['of another shop', { metadata: { orderId: '2026-17' } }],
    ['with neither metadata nor a payment intent', { metadata: {}, payment_intent: null }],
  ])('and is %s is of no order, and nobody is asked', async (_, object) => {
    const news = { type: 'payment_intent.succeeded', object };
    expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'of no order' } });
    expect([service.asked, service.here.store.writes.length]).toEqual([0, 0]);
  });

  // Fails where that is an error of the look: Stripe sends it for three days, and then warns that the endpoint is broken.
  test('and names a payment intent that is another account’s is of no order', async () => {
    const news = { type: 'charge.refunded', object: { payment_intent: 'pi_others', metadata: {} } };
    expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'of no order' } });
    expect(service.here.store.writes).toEqual([]);
  });

  test('of an order that the service has not heard of changes nothing', async () => {
    const news = { type: 'payment_intent.succeeded', object: { metadata: { orderId: orderIdOf(404) } } };
    expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'ignored' } });
    expect(service.here.store.writes).toEqual([]);
  });
});

describe('an event', () => {
  const header = (scheme: string) => ({ 'Stripe-Signature': `t=${Math.floor(Date.now() / 1000)},${scheme}` });
  const unlike = 'No signatures found matching the expected signature';
  test.each([
    ['signed with another secret', { secret: 'whsec_guessed' }, unlike],
    ['signed more than five minutes ago', { ageSeconds: 301 }, 'Timestamp outside the tolerance zone'],
    ['without a signature', { headers: {} }, 'No stripe-signature header value was provided'],
    ['with any signature', { headers: header(`v1=${'0'.repeat(64)}`) }, unlike],
    [
      'signed by another scheme',
      { headers: header(`v0=${WEBHOOK_SECRET}`) },
      'No signatures found with expected scheme',
    ],
    ['with another body', { body: (signed: string) => signed.replace('succeeded', 'canceled') }, unlike],
    ['with a space more', { body: (signed: string) => `${signed} ` }, unlike],
    ['without a body', { body: () => '' }, unlike],
  ])('%s is refused: nobody is asked, nothing is written, and why is logged', async (_, posting, why) => {
    const news = await approved(10);
    const { asked } = service;
    const writes = service.here.store.writes.length;
    expect(await service.post(news, posting)).toMatchObject({
      code: 400,
      body: { detail: 'The header Stripe-Signature does not fit the body, or is too old.' },
    });
    expect([service.asked, service.here.store.writes.length]).toEqual([asked, writes]);
    expect(logged).toEqual([
      { level: 'warn', message: 'webhook refused', error: expect.stringContaining(why) },
    ]);
  });
});

describe('what others do about a charge', () => {
  // Fails where only the event's metadata is looked at: a refund that is made by hand has none.
  test('is found by its payment intent, and recorded; the order does not change', async () => {
    await service.reserved(20);
    await service.refundByHand(20, 100);
    const news = ofCharge(20, 'charge.refunded');
    expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'done' } });
    const observed = { refundedMinor: 100, disputes: [] };
    expect(service.stateOf(20)).toMatchObject({ status: 'CAPTURED', observed });
    expect(service.saidOf(20)).toEqual(['payment.captured']);
    const told = { type: 'charge.refunded', status: 'CAPTURED', observed };
    const line = { level: 'warn', message: 'charge changed by others', orderId: orderIdOf(20), ...told };
    expect(logged).toEqual([line]);
    // Whoever counts the lines counts changes, and not webhooks.
    expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'ignored' } });
    expect(logged).toEqual([line]);
  });

  test('is recorded if it is a dispute, with what somebody has to answer', async () => {
    await service.disputed(21);
    const { data } = await service.outside.stripe().disputes.list({ payment_intent: service.intentOf(21) });
    expect(await service.post(ofCharge(21, 'charge.dispute.created'))).toMatchObject({
      body: { outcome: 'done' },
    });
    expect(service.stateOf(21)?.observed).toEqual({
      refundedMinor: 0,
      disputes: [{ id: data[0]?.id, status: 'needs_response', reason: 'fraudulent', amountMinor: 3_500 }],
    });
    expect(linesOf('charge changed by others')).toHaveLength(1);
  });
});

// Fails where Stripe hears that all is well: it sends the event no more, and the order waits for the schedule.
test.each([
  ['of a payment', (order: number) => ofIntent(order, 'payment_intent.succeeded')],
  ['whose order only Stripe knows', (order: number) => ofCharge(order, 'refund.failed')],
])('a look %s that fails is answered 503, so that Stripe sends the event again', async (_, newsOf) => {
  await approved(30);
  const news = newsOf(30);
  await service.outside.set({ outage: 'refuse' });
  expect(await service.post(news)).toMatchObject({ code: 503 });
  expect(service.stateOf(30)?.status).toBe('AWAITING_CUSTOMER');
  expect(logged).toEqual([
    expect.objectContaining({ level: 'warn', message: 'webhook not carried out', error: expect.any(String) }),
  ]);
  await service.outside.set({ outage: 'none' });
  expect(await service.post(news)).toEqual({ code: 200, body: { outcome: 'done' } });
  expect(service.stateOf(30)?.status).toBe('CAPTURED');
});

test('a table that does not answer is answered 503, too', async () => {
  const news = await approved(31);
  service.here.store.beforeRead = () => {
    throw new Error('the table is away');
  };
  expect(await service.post(news)).toMatchObject({ code: 503 });
});

/** Whatever its events say, and however often, a payment is what Stripe says when it is asked. */
test('lost, doubled, late and untrue events come to the same as a single true one', async () => {
  const types = fc.constantFrom(
    ...['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'],
    ...['charge.refunded', 'charge.dispute.created', 'refund.failed', 'refund.updated'],
  );
  let order = 100;
  await fc.assert(
    fc.asyncProperty(fc.array(types, { minLength: 1, maxLength: 6 }), async (said) => {
      order += 1;
      await approved(order);
      for (const type of said) expect(await service.post(ofIntent(order, type))).toMatchObject({ code: 200 });
      expect(service.stateOf(order)?.status).toBe('CAPTURED');
      expect(service.saidOf(order)).toEqual(['payment.challenged', 'payment.captured']);
      expect(await service.ledgerOf(order)).toMatchObject({ captures: 1, refunds: 0 });
    }),
    { numRuns: 15 },
  );
});
