import { randomUUID } from 'node:crypto';
import type { Offer } from '../../../../console/playground/wire.ts';
import { Refusal } from './refusal.ts';

const TIMEOUT_MS = 35_000;

/** What each method does stands at infra/local/payment-sandbox/payments/test-payment-methods.ts. */
export const PAYMENT_METHODS: readonly Offer[] = [
  { name: 'pm_card_visa', about: 'is charged' },
  { name: 'pm_card_chargeDeclined', about: 'is declined' },
  { name: 'pm_card_chargeDeclinedInsufficientFunds', about: 'has too little money' },
  { name: 'pm_card_threeDSecure2Required', about: '3-D Secure: the bank wants to see the customer' },
  { name: 'pm_card_threeDSecureRequiredChargeDeclined', about: '3-D Secure, and declined after it' },
  { name: 'pm_sandbox_processing', about: 'is charged some seconds later' },
  { name: 'pm_sandbox_timeoutAfterCharge', about: 'is charged, and the answer is lost' },
  { name: 'pm_sandbox_unavailableTwice', about: 'is charged at the third attempt' },
];

/** One in five of a crowd is declined. */
const OF_A_CROWD = ['pm_card_visa', 'pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_visa', 'pm_card_visa'];
/** Each owner may have few orders open. No divisor of theirs is one of the list above, so that all are declined now and then. */
const CROWD_SIZE = 37;

/** Who calls the API for a customer of this name. */
export interface Shopfront {
  readonly api: string;
  readonly tokenOf: (customer: string) => Promise<string>;
}

export interface Wanted {
  readonly sku: string;
  readonly quantity: number;
  readonly paymentMethod: string;
}

/** Places an order, each for a customer of its own: one who is declined too often has to wait. @throws Refusal as the API refuses it */
export async function placeOrder(
  shop: Shopfront,
  wanted: Wanted,
  customer = `player-${randomUUID().slice(0, 8)}`,
) {
  const { sku, quantity, paymentMethod } = wanted;
  const body = { items: [{ sku, quantity }], paymentMethod };
  const headers = { 'content-type': 'application/json', 'idempotency-key': `play-${randomUUID()}` };
  const { status, said } = await callAs(shop, customer, '/orders', {
    ...{ method: 'POST', headers, body: JSON.stringify(body) },
  });
  if (status === 202) return { orderId: String(said.orderId), status: String(said.status) };
  throw refusedBy(status, said);
}

/** The `index`-th of a crowd. */
export async function placeOneOfCrowd(shop: Shopfront, sku: string, index: number): Promise<boolean> {
  const paymentMethod = OF_A_CROWD[index % OF_A_CROWD.length] ?? '';
  await placeOrder(shop, { sku, quantity: 1, paymentMethod }, `crowd-${index % CROWD_SIZE}`);
  return true;
}

/** The secret that the owner of an order is given for the page of the bank. @throws Refusal if nobody waits for it */
export async function challengeOf(shop: Shopfront, orderId: string, owner: string): Promise<string> {
  const { status, said } = await callAs(shop, owner, `/orders/${encodeURIComponent(orderId)}/payment`, {});
  if (status !== 200) throw refusedBy(status, said);
  const { action } = said as { readonly action?: { readonly clientSecret?: unknown } };
  if (typeof action?.clientSecret === 'string') return action.clientSecret;
  throw new Refusal(409, 'Conflict', `The payment of ${orderId} does not wait for its customer.`);
}

interface Answer {
  readonly status: number;
  readonly said: Readonly<Record<string, unknown>>;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function callAs(
  { api, tokenOf }: Shopfront,
  customer: string,
  path: string,
  init: Asked,
): Promise<Answer> {
  const authorization = `Bearer ${await tokenOf(customer)}`;
  try {
    const reply = await fetch(`${api}${path}`, {
      ...init,
      headers: { ...init.headers, authorization },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: reply.status, said: (await reply.json()) as Answer['said'] };
  } catch {
    throw new Refusal(502, 'Bad Gateway', 'The API does not answer.');
  }
}

function refusedBy(status: number, { title, detail }: Answer['said']): Refusal {
  const kind = status === 404 || status === 409 || status === 422 ? status : 503;
  const text = (said: unknown): string => (typeof said === 'string' ? said : '');
  return new Refusal(kind, 'The API has refused it', `${status} ${text(title)}: ${text(detail)}`);
}
