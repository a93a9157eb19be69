import { invalidRequest, objectAnswer } from './answers.ts';
import type { Call } from './endpoint.ts';
import { integer, refuseUnknown, requiredText } from './form.ts';
import type { LedgerView } from './ledger.ts';
import { type PaymentIntent, renderIntent } from './payment-intent.ts';

/** Stripe's own lag is usually below a minute. */
export const SEARCH_LAG_SECONDS = 4;

/** `metadata['key']:'value'` or `status:'value'`, in either kind of quotes. */
const CLAUSE = /^(?:status|metadata\[(["'])(?<key>[^"'[\]]{1,40})\1\])\s*:\s*(["'])(?<value>[^"']{0,500})\3$/;

/**
 * GET /v1/payment_intents/search with clauses joined by AND: https://docs.stripe.com/search#search-query-language.
 * Like Stripe's, it lags behind (https://docs.stripe.com/search#data-freshness): code must not rely on search to find a
 * charge that was just made.
 */
export function searchPaymentIntents(call: Call, ledger: LedgerView) {
  refuseUnknown(call.form, new Set(['query', 'limit']));
  const clauses = requiredText(call.form, 'query')
    .split(/\s+AND\s+/)
    .map(readClause);
  const limit = integer(call.form, 'limit', { min: 1, max: 100 }) ?? 10;
  const order = clauses.find(({ metadataKey }) => metadataKey === 'orderId')?.value;
  const data: object[] = [];
  let hasMore = false;
  for (const intent of ledger.intents(order)) {
    if (call.at.getTime() / 1000 - intent.createdEpochSeconds < SEARCH_LAG_SECONDS) continue;
    if (!clauses.every((clause) => matches(intent, clause))) continue;
    hasMore = data.length === limit;
    if (hasMore) break;
    data.push(renderIntent(intent));
  }
  return objectAnswer({
    object: 'search_result',
    url: '/v1/payment_intents/search',
    has_more: hasMore,
    next_page: null,
    data,
  });
}

interface Clause {
  readonly metadataKey: string | null;
  readonly value: string;
}

function readClause(text: string): Clause {
  const groups = CLAUSE.exec(text.trim())?.groups;
  if (groups === undefined) {
    throw invalidRequest(
      "The payment sandbox understands only metadata['key']:'value' and status:'value', joined by AND.",
      { param: 'query' },
    );
  }
  return { metadataKey: groups.key ?? null, value: groups.value ?? '' };
}

function matches(intent: PaymentIntent, { metadataKey, value }: Clause): boolean {
  if (metadataKey === null) return intent.status === value;
  return Object.hasOwn(intent.metadata, metadataKey) && intent.metadata[metadataKey] === value;
}
