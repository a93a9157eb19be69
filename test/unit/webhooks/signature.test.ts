import { expect, test } from 'vitest';
import { signedHeaders } from '../../../functions/webhooks/signature.ts';

/** Of the test vectors of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks */
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  body: '{"test": 2432232314}',
  seconds: 1_614_265_330,
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const headersBy = (secrets: string) =>
  signedHeaders(vector.id, vector.body, 1_000 * vector.seconds + 999, secrets);

test('a webhook is signed as Standard Webhooks has it', () => {
  expect(headersBy(vector.secret)).toEqual({
    'webhook-id': vector.id,
    'webhook-timestamp': String(vector.seconds),
    'webhook-signature': vector.signature,
  });
});

test('while a secret is changed there is a signature by each', () => {
  const [first, second, ...others] = headersBy(` ${OTHER}\n${vector.secret} `)['webhook-signature'].split(
    ' ',
  );
  expect(first).toBe(headersBy(OTHER)['webhook-signature']);
  expect([second, ...others]).toEqual([vector.signature]);
});

test.each([
  '',
  ' ',
  'whsec_',
  'whsec_c2hvcnQ=',
  `whsec_${'!'.repeat(40)}`,
  OTHER.slice('whsec_'.length),
  'k'.repeat(40),
])('what is no secret is refused, and not told: %j', (secrets) => {
  expect(() => headersBy(secrets)).toThrow('the signing secret');
  const told = (() => {
    try {
      return headersBy(secrets);
    } catch (error) {
      return String(error);
    }
  })();
  if (secrets.length > 10) expect(told).not.toContain(secrets.slice(6));
});
