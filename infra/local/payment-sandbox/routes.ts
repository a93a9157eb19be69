import { invalidRequest } from './answers.ts';
import type { ReadEndpoint, WriteEndpoint } from './endpoint.ts';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  retrievePaymentIntent,
} from './payment-intents.ts';
import { createRefund, listRefunds } from './refunds.ts';

export type Route =
  | { readonly method: 'GET'; readonly pattern: RegExp; readonly endpoint: ReadEndpoint }
  | { readonly method: 'POST'; readonly pattern: RegExp; readonly endpoint: WriteEndpoint };

const routes: readonly Route[] = [
  { method: 'POST', pattern: /^\/v1\/payment_intents$/, endpoint: createPaymentIntent },
  { method: 'GET', pattern: /^\/v1\/payment_intents\/(\w+)$/, endpoint: retrievePaymentIntent },
  { method: 'POST', pattern: /^\/v1\/payment_intents\/(\w+)\/confirm$/, endpoint: confirmPaymentIntent },
  { method: 'POST', pattern: /^\/v1\/payment_intents\/(\w+)\/cancel$/, endpoint: cancelPaymentIntent },
  { method: 'POST', pattern: /^\/v1\/refunds$/, endpoint: createRefund },
  { method: 'GET', pattern: /^\/v1\/refunds$/, endpoint: listRefunds },
];

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
