import { describe, expect, test } from 'vitest';
import { atSandbox, type SandboxedPayment } from '../../support/sandboxed-payment.ts';

/** Goal: whoever has a client secret can pay in the customer's name, so nobody but the customer is shown it. */
const CHALLENGED = 'pm_card_threeDSecure2Required';
let service: SandboxedPayment;

atSandbox((fresh) => {
  ({ service } = fresh);
});

describe('what the customer has to do', () => {
  test('is shown to the customer, with the secret that Stripe.js wants', async () => {
    await service.reserved(1, CHALLENGED);
    const { client_secret: clientSecret } = await service.outside
      .stripe()
      .paymentIntents.retrieve(service.intentOf(1));
    expect(await service.read(1, 'customer-1')).toMatchObject({
      code: 200,
      body: {
        status: 'AWAITING_CUSTOMER',
        action: { clientSecret, call: 'stripe.handleNextAction({ clientSecret })' },
      },
    });
  });

  test.each([
    ['olga', 'operator', 200],
    // Fails where only the name is looked at: an operator of the same name can act in the customer's.
    ['customer-1', 'operator', 200],
    ['mallory', 'customer', 404],
    ['customer-1', 'admin', 403],
  ])('is not shown to %s, %s', async (name, role, code) => {
    await service.reserved(2, CHALLENGED);
    const answer = await service.read(2, name, role);
    expect(answer.code).toBe(code);
    expect(answer.body).not.toHaveProperty('action');
    expect(JSON.stringify(answer)).not.toContain('_secret_');
  });

  test.each([
    ['approved', 'CAPTURED', () => service.challenge(3, 'approve').then(() => service.reserved(3))],
    ['failed', 'DECLINED', () => service.challenge(3, 'fail').then(() => service.reserved(3))],
    ['cancelled the order', 'VOIDED', () => service.cancelling(3)],
  ] as const)('is gone once the customer has %s', async (_, status, act) => {
    await service.reserved(3, CHALLENGED);
    await act();
    const { body } = await service.read(3, 'customer-1');
    expect(body).toMatchObject({ status });
    expect(JSON.stringify(body)).not.toContain('_secret_');
    // Nor is it kept where nobody shows it.
    expect(JSON.stringify([...service.here.store.items.values()])).not.toContain('_secret_');
  });

  test('is in no event, which others read', async () => {
    await service.reserved(4, CHALLENGED);
    await service.challenge(4, 'fail');
    await service.reserved(4);
    const said = service.here.publisher.published.map(({ body }) => String(body)).join('\n');
    expect(said).toContain('payment.challenged');
    expect(said).not.toContain('_secret_');
  });
});
