import { answerDispute, closeDispute, listDisputes } from './afterwards/disputes.ts';
import { createRefund, listRefunds, retrieveRefund } from './afterwards/refunds.ts';
import type { ReadEndpoint, WriteEndpoint } from './endpoint.ts';
import { invalidRequest } from './http/answers.ts';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  listPaymentIntents,
  retrievePaymentIntent,
} from './payments/payment-intents.ts';

export type Route =
  | { readonly method: 'GET'; readonly pattern: RegExp; readonly endpoint: ReadEndpoint }
  | { readonly method: 'POST'; readonly pattern: RegExp; readonly endpoint: WriteEndpoint };

const routes: readonly Route[] = [
  { method: 'POST', pattern: /^\/v1\/payment_intents$/, endpoint: createPaymentIntent },
  { method: 'GET', pattern: /^\/v1\/payment_intents\/(\w+)$/, endpoint: retrievePaymentIntent },
  { method: 'POST', pattern: /^\/v1\/payment_intents\/(\w+)\/confirm$/, endpoint: confirmPaymentIntent },
  { method: 'POST', pattern: /^\/v1\/payment_intents\/(\w+)\/cancel$/, endpoint: cancelPaymentIntent },
  { method: 'GET', pattern: /^\/v1\/payment_intents$/, endpoint: listPaymentIntents },
  { method: 'POST', pattern: /^\/v1\/refunds$/, endpoint: createRefund },
  { method: 'GET', pattern: /^\/v1\/refunds$/, endpoint: listRefunds },
  { method: 'GET', pattern: /^\/v1\/refunds\/(\w+)$/, endpoint: retrieveRefund },
  { method: 'GET', pattern: /^\/v1\/disputes$/, endpoint: listDisputes },
  { method: 'POST', pattern: /^\/v1\/disputes\/(\w+)$/, endpoint: answerDispute },
  { method: 'POST', pattern: /^\/v1\/disputes\/(\w+)\/close$/, endpoint: closeDispute },
];

/** What Stripe.js calls, with a client secret. */
const forClients = new Set<Route['endpoint']>([retrievePaymentIntent, confirmPaymentIntent]);

/** https://docs.stripe.com/error-codes#secret-key-required */
export function refuseClient({ endpoint }: Route): void {
  if (forClients.has(endpoint)) return;
  throw invalidRequest(
    'This API call cannot be made with a publishable API key. Please use a secret API key.',
    { code: 'secret_key_required', status: 403 },
  );
}

export function findRoute(method: string, path: string): { readonly route: Route; readonly id: string } {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match !== null) return { route, id: match[1] ?? '' };
  }
  throw invalidRequest(
    `Unrecognized request URL (${method}: ${path.slice(0, 200)}). The payment sandbox plays a part of the API at https://docs.stripe.com/api.`,
    { status: 404 },
  );
}
