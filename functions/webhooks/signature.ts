import { createHmac } from 'node:crypto';

/** What a secret begins with; the rest is the key in base64. https://www.standardwebhooks.com */
const PREFIX = 'whsec_';
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric */
const [LEAST_BYTES, MOST_BYTES] = [24, 64];

/** The headers of one attempt. The id is the same in all attempts, so a receiver can tell that it has the event already. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Signs a webhook as Standard Webhooks has it. `secrets`: one, or while a secret is changed the new and the old one with a space
 * between them; there is a signature by each.
 * @throws Error that does not tell the secret, if one is none
 */
export function signedHeaders(id: string, body: string, nowMs: number, secrets: string): SignedHeaders {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const keys = secrets
    .split(/\s+/)
    .filter((secret) => secret !== '')
    .map(keyIn);
  if (keys.length === 0) throw new Error('the signing secret is missing');
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function keyIn(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(text, 'base64');
  if (
    key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '') &&
    key.length >= LEAST_BYTES &&
    key.length <= MOST_BYTES
  )
    return key;
  throw new Error(`the signing secret is not ${PREFIX} and ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64`);
}
