import { type Attack, bearer, invalid, JSON_BODY } from './attack.ts';

/** What must never be stored: Stripe's numbers for tests, a code, keys of the account. */
const methods = [
  ...['4242424242424242', '5555555555554444', '378282246310005', '6200000000000005', '4242 4242 4242 4242'],
  ...[
    'cvc123',
    '123',
    'sk_live_51AbCdEf',
    'rk_live_51AbCdEf',
    'pk_live_51AbCdEf',
    'whsec_abc',
    'tok_visa',
    'seti_1',
  ],
  ...[
    'pm_4242424242424242',
    'pm_card_4242424242424242',
    'pm_4242_4242_4242_4242',
    'pm_378282246310005',
    'PM_card_visa',
  ],
];

/** The amount before it, and full-width digits, hide it from a simple search. */
const texts = [
  'paid back to 4242424242424242',
  'card 4242-4242-4242-4242, cvc 123',
  'refunded 12 5555 5555 5555 4444',
  'amex 3782 822463 10005',
  '\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12',
];

export const cardNumbers: readonly Attack[] = [
  ...methods.map(
    (paymentMethod): Attack => ({
      name: `an order with the payment method ${paymentMethod}`,
      expected: invalid,
      secret: paymentMethod,
      request: ({ tokens }) => ({
        method: 'POST',
        path: '/orders',
        headers: { ...bearer(tokens.alice), ...JSON_BODY, 'idempotency-key': 'with a card' },
        body: JSON.stringify({ items: [{ sku: 'cup', quantity: 1 }], paymentMethod }),
      }),
    }),
  ),
  ...texts.flatMap((text) =>
    (['reason', 'proof'] as const).map(
      (member): Attack => ({
        name: `a resolution with the ${member} ${text}`,
        expected: invalid,
        secret: text,
        request: ({ tokens, orderId }) => ({
          method: 'POST',
          path: `/orders/${orderId}/payment/resolve`,
          headers: { ...bearer(tokens.operator), ...JSON_BODY },
          body: JSON.stringify({ reason: 'by transfer', proof: 'transfer 7', [member]: text }),
        }),
      }),
    ),
  ),
  ...texts.map(
    (reason): Attack => ({
      name: `a discard with the reason ${reason}`,
      expected: invalid,
      secret: reason,
      request: ({ tokens }) => ({
        method: 'POST',
        path: '/dead-letters/payment/discard',
        headers: { ...bearer(tokens.operator), ...JSON_BODY },
        body: JSON.stringify({ dryRun: false, type: 'payment.declined', reason }),
      }),
    }),
  ),
];
