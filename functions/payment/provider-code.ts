import Stripe from 'stripe';

/** Stripe's codes are words of this kind. https://docs.stripe.com/error-codes https://docs.stripe.com/declines/codes */
const CODE = /^[a-z][a-z0-9_]{0,99}$/i;

/**
 * A code of the provider, for records, events and logs. Whatever else it says may have a card's number in it, or a person's
 * words, so no text of it is kept.
 */
export const codeIn = (said: unknown): string =>
  typeof said === 'string' && CODE.test(said) ? said : 'unknown';

/** A failed call, for logs and dead letters: of Stripe's the codes, and the id by which its dashboard shows the rest. */
export function whatFailed(error: unknown): string {
  if (!(error instanceof Stripe.errors.StripeError))
    return error instanceof Error ? error.message : String(error);
  const { type, code, statusCode, requestId, detail } = error;
  const why = code ?? (detail instanceof Error && 'code' in detail ? detail.code : undefined);
  return [
    type,
    ...(why === undefined ? [] : [codeIn(why)]),
    ...(statusCode === undefined ? [] : [`status ${statusCode}`]),
    ...(requestId === undefined ? [] : [`request ${codeIn(requestId)}`]),
  ].join(', ');
}
