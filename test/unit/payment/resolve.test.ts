import { describe, expect, test } from 'vitest';
import { orderIdOf } from '../../support/facts.ts';
import { atSandbox, type SandboxedPayment } from '../../support/sandboxed-payment.ts';

/** Goal: an operator ends what Stripe refuses to give back, and nothing else. Method: a charge that its bank took back. */
let service: SandboxedPayment;

atSandbox((fresh) => {
  ({ service } = fresh);
});

const settled = { by: 'olga', reason: 'paid by bank transfer', proof: 'transfer 7' };

describe('what is stuck', () => {
  test('says whom it waits for and why, to the order and to whoever reads the payment', async () => {
    await service.stuck(1);
    expect(service.saidOf(1)).toEqual(['payment.captured', 'payment.unrefundable']);
    const impasse = { waitingFor: 'person', reason: 'charge_disputed' };
    expect(await service.read(1, 'customer-1')).toMatchObject({ body: { status: 'REFUNDING', impasse } });
    expect(service.eventsOf(1, 'payment.unrefundable')).toEqual([impasse]);
  });

  test('is settled by an operator, whose name, reason and proof are in the record and in the event', async () => {
    await service.stuck(2);
    expect(await service.resolve(2)).toMatchObject({
      code: 200,
      body: { orderId: orderIdOf(2), status: 'RESOLVED', resolution: settled },
    });
    expect(service.stateOf(2)).toMatchObject({ status: 'RESOLVED', resolution: settled });
    expect(service.stateOf(2)).not.toHaveProperty('impasse');
    expect(service.eventsOf(2, 'payment.resolved')).toEqual([
      { amountMinor: 3_500, currency: 'EUR', resolution: settled },
    ]);
  });

  // Fails where the last word counts: who has settled it can be changed afterwards.
  test('is settled once: a second call is answered like the first, and changes nothing', async () => {
    await service.stuck(3);
    const first = await service.resolve(3);
    const body = { reason: 'paid in cash', proof: 'receipt 8' };
    expect(await service.resolve(3, { caller: { principalId: 'otto', role: 'operator' }, body })).toEqual(
      first,
    );
    expect(service.saidOf(3).filter((type) => type === 'payment.resolved')).toHaveLength(2);
    expect(new Set(service.eventsOf(3, 'payment.resolved').map((data) => JSON.stringify(data))).size).toBe(1);
  });

  test('is not refunded any more once it is settled, whatever Stripe says then', async () => {
    await service.stuck(4);
    await service.resolve(4);
    const { asked } = service;
    for (const type of ['charge.dispute.closed', 'refund.updated', 'payment_intent.succeeded'])
      await service.post({ type, object: { metadata: { orderId: orderIdOf(4) } } });
    await service.cancelling(4);
    expect(service.asked).toBe(asked);
    expect(service.stateOf(4)?.status).toBe('RESOLVED');
  });

  // Fails where an impasse is for ever: Stripe gives the money back after all, and nobody asks.
  test.each([
    ['winning_evidence', 'REFUNDED'],
    ['losing_evidence', 'REFUNDING'],
  ])('and whose dispute ends by %s is then %s, as soon as Stripe says so', async (evidence, status) => {
    await service.stuck(5);
    const { disputes } = service.outside.stripe();
    const { data } = await disputes.list({ payment_intent: service.intentOf(5) });
    await disputes.update(data[0]?.id ?? '', { evidence: { uncategorized_text: evidence } });
    const news = { type: 'charge.dispute.closed', object: { metadata: { orderId: orderIdOf(5) } } };
    expect(await service.post(news)).toMatchObject({ code: 200 });
    expect(service.stateOf(5)?.status).toBe(status);
    expect('impasse' in Object(service.stateOf(5))).toBe(status === 'REFUNDING');
  });
});

describe('what is not stuck is refused', () => {
  test('with 404 if the payment service has not heard of the order', async () => {
    expect(await service.resolve(404)).toMatchObject({
      code: 404,
      body: { detail: 'payment has not heard of this order.' },
    });
  });

  const conflict = 'The payment of this order is not stuck: it waits for no person: it is';
  test.each([
    [10, 'CAPTURED', () => service.reserved(10)],
    [11, 'AWAITING_CUSTOMER', () => service.reserved(11, 'pm_card_threeDSecure2Required')],
    [12, 'DECLINED', () => service.reserved(12, 'pm_card_chargeDeclined')],
    [13, 'VOIDED', () => service.cancelling(13)],
    [14, 'REFUNDED', () => service.reserved(14).then(() => service.cancelling(14))],
    [
      15,
      'REFUNDING',
      () => service.reserved(15, 'pm_sandbox_refundFails').then(() => service.cancelling(15)),
    ],
  ] as const)('with 409 if it (%i) is %s, and nothing changes', async (order, status, begin) => {
    await begin();
    const before = service.stateOf(order);
    expect(before?.status).toBe(status);
    expect(await service.resolve(order)).toMatchObject({
      code: 409,
      body: { detail: `${conflict} ${status}.` },
    });
    expect(service.stateOf(order)).toEqual(before);
  });
});

describe('a resolution', () => {
  test.each([
    ['customer-1', 'customer'],
    ['mallory', 'customer'],
    ['mallory', 'admin'],
  ])('by %s, %s, is refused with 403', async (principalId, role) => {
    await service.stuck(20);
    expect(await service.resolve(20, { caller: { principalId, role } })).toMatchObject({ code: 403 });
    expect(service.stateOf(20)?.status).toBe('REFUNDING');
  });

  test.each([
    [{ reason: '', proof: 'transfer 7' }, '/reason'],
    [{ reason: 'paid', proof: '' }, '/proof'],
    [{ reason: 'x'.repeat(501), proof: 'transfer 7' }, '/reason'],
    [{ reason: 'paid' }, '/proof'],
    [{ reason: '\ud800', proof: 'transfer 7' }, '/reason'],
    // Who says it follows from the token.
    [{ reason: 'paid', proof: 'transfer 7', by: 'otto' }, ''],
  ])('that is flawed (%#) is refused with 422', async (body, pointer) => {
    await service.stuck(21);
    expect(await service.resolve(21, { body })).toMatchObject({
      code: 422,
      body: { errors: [expect.objectContaining({ pointer: expect.stringContaining(pointer) })] },
    });
    expect(service.stateOf(21)?.status).toBe('REFUNDING');
  });
});
