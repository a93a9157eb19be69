import type { Call } from '../endpoint.ts';
import { invalidRequest, type RejectedRequest } from './answers.ts';

const TEST_KEY = /^[sr]k_test_\w{1,200}$/;
const PUBLISHABLE_TEST_KEY = /^pk_test_\w{1,200}$/;

/**
 * Accepts a test key, as Bearer or Basic (https://docs.stripe.com/api/authentication), and never a live key. Browsers have
 * publishable keys: https://docs.stripe.com/keys
 */
export function authenticate(authorization: string | undefined): Call['caller'] {
  const key = apiKey(authorization);
  if (key === undefined) {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://docs.stripe.com/api/authentication for details.",
    );
  }
  if (TEST_KEY.test(key)) return 'server';
  if (PUBLISHABLE_TEST_KEY.test(key)) return 'client';
  const shown = `${key.slice(0, 8)}${'*'.repeat(8)}`;
  throw unauthorized(`Invalid API Key provided: ${shown}. The payment sandbox takes any sk_test_… key.`);
}

function apiKey(authorization: string | undefined): string | undefined {
  const [, scheme, credentials] = /^(bearer|basic)\s+(\S+)$/i.exec(authorization ?? '') ?? [];
  if (scheme === undefined || credentials === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0];
}

const unauthorized = (message: string): RejectedRequest => invalidRequest(message, { status: 401 });
