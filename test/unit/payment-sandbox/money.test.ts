import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chargeableCurrencies, chargeStepMinor } from '../../../functions/currencies.ts';
import { minimumMinor } from '../../../infra/local/payment-sandbox/payments/minimum-amounts.ts';
import { refusalOf, SandboxUnderTest } from '../../support/payment-sandbox.ts';

/** Goal: the sandbox takes the amounts that Stripe takes. Method: the examples of its documentation, and the real SDK. */
const sandbox = new SandboxUnderTest();
beforeAll(() => sandbox.start());
afterAll(() => sandbox.end());

const create = (currency: string, amount: number) => sandbox.prepare('pm_card_visa', { amount, currency });

test.each([
  ['usd', 50],
  ['usd', 99_999_999],
  ['gbp', 30],
  ['jpy', 500],
  ['krw', 50],
  ['kwd', 5_120],
  ['kwd', 5_130],
  ['isk', 500],
  ['ugx', 500],
  ['huf', 104_501],
  ['twd', 80_045],
])('an intent in %s of %i is made', async (currency, amount) => {
  expect(await create(currency, amount)).toMatchObject({ currency, amount });
});

test.each([
  ['usd', 49, 'amount_too_small'],
  ['eur', 49, 'amount_too_small'],
  ['gbp', 29, 'amount_too_small'],
  ['jpy', 49, 'amount_too_small'],
  ['usd', 100_000_000, 'amount_too_large'],
  ['kwd', 5_124, 'invalid_charge_amount'],
  ['isk', 550, 'invalid_charge_amount'],
  ['ugx', 550, 'invalid_charge_amount'],
])('an intent in %s of %i is refused: %s', async (currency, amount, code) => {
  const refusal = await refusalOf(create(currency, amount));
  expect(refusal).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', code, param: 'amount' });
});

test.each(['zzz', 'btc', 'xau', 'hrk', 'che'])('an intent in %s is refused', async (currency) => {
  expect(await refusalOf(create(currency, 1_000))).toMatchObject({
    statusCode: 400,
    param: 'currency',
    message: expect.stringContaining(`Invalid currency: ${currency}.`),
  });
});

test('any sum of prices that stock may have is chargeable, from the minimum on', async () => {
  const totals = fc.record({
    currency: fc.constantFrom(...chargeableCurrencies),
    steps: fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(totals, async ({ currency, steps }) => {
      const step = chargeStepMinor(currency) ?? 0;
      const amount = steps.reduce((sum, count) => sum + count * step, 0);
      const code = await create(currency.toLowerCase(), amount).then(
        () => 'made',
        ({ code: refusal }) => refusal,
      );
      expect(code).toBe(amount < minimumMinor(currency.toLowerCase()) ? 'amount_too_small' : 'made');
    }),
  );
});

test('a refund of a fraction that the currency has no coin for is refused', async () => {
  const { id } = await create('kwd', 5_120);
  await sandbox.stripe().paymentIntents.confirm(id);
  const refund = (amount: number) => sandbox.stripe().refunds.create({ payment_intent: id, amount });
  expect(await refusalOf(refund(5))).toMatchObject({ statusCode: 400, code: 'invalid_charge_amount' });
  expect(await refund(10)).toMatchObject({ status: 'succeeded' });
});
