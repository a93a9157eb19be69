import type { IncomingMessage } from 'node:http';
import Stripe from 'stripe';
import { CALL_TIMEOUT_MS } from '../../engine/batch/time-left.ts';
import { atStart, declaredSecret, required } from '../../engine/environment/environment.ts';
import { secret } from '../../engine/environment/secret.ts';
import { within } from '../../engine/rabbitmq/within.ts';
import { paced } from './pace/paced-stripe.ts';
import { Pacer, type Timing } from './pace/pacer.ts';
import { limitsFrom } from './pace/settings.ts';
import type { StripeCalls } from './stripe-calls.ts';

export type { StripeCalls } from './stripe-calls.ts';

const timing: Timing = {
  now: () => performance.now(),
  after: (delayMs, run) => void setTimeout(run, delayMs),
  random: Math.random,
};

/**
 * Keeps one client for the life of the Lambda environment, or until the key changes. Its calls keep to the rate that
 * Stripe allows. `share`: the part of that rate for this environment; by default that of one queue's consumer.
 */
export const liveStripe = (share?: number): (() => Promise<StripeCalls>) =>
  keptClient((key) =>
    paced(connectWith(key), new Pacer(limitsFrom(paceSettings(), key, share), timing), timing.now),
  );

/** The same at any rate, for whoever reads little and can wait. */
export const unpacedStripe = (): (() => Promise<Stripe>) => keptClient(connectWith);

function keptClient<Client>(make: (key: string) => Client): () => Promise<Client> {
  atStart(() => declaredSecret('stripe'));
  let client: { readonly key: string; readonly stripe: Client } | undefined;
  return async () => {
    const key = await stripeKey();
    if (client?.key !== key) client = { key, stripe: make(key) };
    return client.stripe;
  };
}

/** What Stripe signs its webhooks with. */
export function liveWebhookSecret(): () => Promise<string> {
  atStart(() => declaredSecret('stripe-webhook'));
  return async () =>
    (await stored(process.env.STRIPE_WEBHOOK_SECRET)) ?? required('STRIPE_WEBHOOK_SECRET_KEY');
}

const stripeKey = async (): Promise<string> =>
  (await stored(process.env.STRIPE_SECRET)) ?? required('STRIPE_SECRET_KEY');

/** In AWS a secret comes from Secrets Manager, on a laptop from the environment. */
const stored = async (id: string | undefined): Promise<string | undefined> =>
  id ? await secret(id) : undefined;

const paceSettings = () => ({
  PAYMENT_RATE_LIMIT: process.env.PAYMENT_RATE_LIMIT,
  PAYMENT_ENDPOINT_RATE_LIMIT: process.env.PAYMENT_ENDPOINT_RATE_LIMIT,
  QUEUE_SHARDS: process.env.QUEUE_SHARDS,
});

function connectWith(key: string): Stripe {
  const base = process.env.STRIPE_API_BASE;
  const { protocol, hostname, port } = new URL(base || 'https://api.stripe.com');
  return new Stripe(key, {
    host: hostname,
    protocol: protocol === 'http:' ? 'http' : 'https',
    ...(port === '' ? {} : { port }),
    // A charge usually takes one to two seconds. After this its result is unknown, and the call is made again.
    timeout: CALL_TIMEOUT_MS,
    httpClient: carefulHttpClient(),
    // The delay queues retry, and they survive this process. The SDK still retries when the peer resets a connection.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/**
 * The SDK's timeout is of silence: an answer that comes a byte at a time would hold a batch until its function is killed.
 * Here it is of the whole call. The SDK takes any JSON for an object: of a number or a text it throws where nobody can
 * catch it, which ends the process. It takes any object without an error for a success, whatever the status. Here both
 * are errors of the API.
 */
function carefulHttpClient(): ReturnType<typeof Stripe.createNodeHttpClient> {
  const client = Stripe.createNodeHttpClient();
  const makeRequest = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const [, , , , , , , timeoutMs] = request;
    const endMs = performance.now() + timeoutMs;
    const response = await within(timeoutMs, makeRequest(...request));
    const toJSON = response.toJSON.bind(response);
    response.toJSON = async () => {
      const body: Promise<unknown> = toJSON();
      const answer = await within(endMs - performance.now(), body).catch((error: unknown) => {
        (response.getRawResponse() as IncomingMessage).destroy();
        throw error;
      });
      const error = isObject(answer) && isObject(answer.error);
      if (!isObject(answer) || (response.getStatusCode() >= 300 && !error))
        throw new Error(`status ${response.getStatusCode()} without an answer`);
      return answer;
    };
    return response;
  };
  return client;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
