import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PaymentDecline } from '../../../functions/events.ts';
import { liveProvider } from '../../../functions/payment/provider.ts';
import { line, orderIdOf } from '../../support/facts.ts';

/**
 * Goal: nothing that Stripe says in words is kept, as it may repeat a card's number or a person's name. Method: an account of
 * Stripe that repeats both in every member of its errors.
 */
const SECRET = 'Alice Example, 4242 4242 4242 4242';
let server: Server;
let answer: readonly [status: number, body: string];

beforeAll(async () => {
  server = createServer((_, response) =>
    response
      .writeHead(answer[0], { 'content-type': 'application/json', 'request-id': 'req_7' })
      .end(answer[1]),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('STRIPE_API_BASE', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('STRIPE_SECRET_KEY', 'sk_test_words');
});
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
});

const lines = [{ ...line('mug', 1), unitPriceMinor: 1 }];
const charge = { lines, amountMinor: 1, currency: 'EUR', paymentMethod: 'pm_1', paymentIntentId: 'pi_1' };
const ask = (status: number, error: object) => {
  answer = [status, JSON.stringify({ error: { message: SECRET, param: SECRET, ...error } })];
  return liveProvider().call(orderIdOf(1), charge, false);
};

test.each([
  [{ code: 'card_declined', decline_code: 'lost_card' }, 'card_declined', 'lost_card'],
  [{ code: 'expired_card' }, 'expired_card', undefined],
  [{ code: SECRET, decline_code: SECRET }, 'unknown', 'unknown'],
  [{ code: 'x'.repeat(101) }, 'unknown', undefined],
  [{}, 'card_declined', undefined],
])('a decline with %j is kept as its code', async (codes, code, declineCode) => {
  const answered = await ask(402, { type: 'card_error', ...codes });
  if (!('refused' in answered)) throw new Error('not refused');
  const { decline } = answered.refused;
  const message = `The provider says ${declineCode ?? code}.`;
  expect(decline).toEqual({ code, message, ...(declineCode === undefined ? {} : { declineCode }) });
  expect(PaymentDecline.parse(decline)).toEqual(decline);
});

describe('an answer that is not known is told to operators by its codes and the request’s id', () => {
  const failureOf = async (status: number, error: object): Promise<Error> => {
    const failure = await ask(status, error).catch((thrown: unknown) => thrown);
    if (!(failure instanceof Error)) throw new Error('it was answered');
    return failure;
  };

  test.each([
    [401, { type: 'invalid_request_error' }, 'StripeAuthenticationError, status 401, request req_7'],
    [429, { type: 'invalid_request_error', code: 'lock_timeout' }, 'lock_timeout, status 429, request req_7'],
    [500, { type: 'api_error', code: SECRET }, 'StripeAPIError, unknown, status 500, request req_7'],
  ])('%i', async (status, error, told) => {
    const { message, cause } = await failureOf(status, error);
    expect(message).toContain(told);
    expect(message).not.toMatch(/Alice|4242/);
    expect(cause).toBeUndefined();
  });

  test('no JSON, which the message of a parser would repeat', async () => {
    answer = [200, `<html>${SECRET}`];
    const failure = await liveProvider()
      .call(orderIdOf(1), charge, false)
      .catch((thrown: unknown) => thrown);
    expect(String(failure)).toMatch(/^ProviderError: /);
    expect(String(failure)).not.toMatch(/Alice|4242/);
  });
});
