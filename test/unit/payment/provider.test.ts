import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { MAX_TEXT_LENGTH, PaymentDecline } from '../../../functions/events.ts';
import { liveProvider } from '../../../functions/payment/provider.ts';
import { line, orderIdOf } from '../../support/facts.ts';

const server = createServer();
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
});

// Fails where the cut leaves half a surrogate pair: the decline can then be neither stored nor said.
test('a decline that says more than a record holds is cut between characters', async () => {
  const message = `${'x'.repeat(MAX_TEXT_LENGTH - 1)}\u{1f4b3} was declined`;
  server.on('request', (_, response) => {
    response.writeHead(402, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { type: 'card_error', code: 'card_declined', message } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('STRIPE_API_BASE', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('STRIPE_SECRET_KEY', 'sk_test_cut');

  const lines = [{ ...line('mug', 1), unitPriceMinor: 1 }];
  const charge = { lines, amountMinor: 1, currency: 'EUR', paymentMethod: 'pm_1', paymentIntentId: 'pi_1' };
  const answer = await liveProvider().call(orderIdOf(1), charge, false);
  if (!('refused' in answer)) throw new Error('not refused');
  const { decline } = answer.refused;
  expect(PaymentDecline.parse(decline)).toEqual(decline);
  expect(decline.message).toHaveLength(MAX_TEXT_LENGTH);
});
