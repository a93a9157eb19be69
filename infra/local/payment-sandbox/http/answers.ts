/**
 * An answer of Stripe's API: a status and a JSON body. Errors have the shape of https://docs.stripe.com/api/errors and
 * the codes of https://docs.stripe.com/error-codes.
 */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface StripeErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly charge?: string;
  readonly payment_intent?: object;
  readonly payment_method?: object;
}

export const objectAnswer = (object: object): Answer => ({ status: 200, body: JSON.stringify(object) });

export function errorAnswer(status: number, error: StripeErrorBody): Answer {
  const docUrl =
    error.code === undefined ? {} : { doc_url: `https://docs.stripe.com/error-codes#${error.code}` };
  return { status, body: JSON.stringify({ error: { ...error, ...docUrl } }) };
}

/**
 * Thrown when a request is turned away before its endpoint executes. Such an answer is never saved under an idempotency
 * key: https://docs.stripe.com/api/idempotent_requests. A refusal by an executing endpoint (a decline, an over-refund)
 * is returned instead, and is saved.
 */
export class RejectedRequest extends Error {
  readonly answer: Answer;

  constructor(status: number, error: StripeErrorBody) {
    super(error.message);
    this.answer = errorAnswer(status, error);
  }
}

export function invalidRequest(
  message: string,
  details: { readonly param?: string; readonly code?: string; readonly status?: number } = {},
): RejectedRequest {
  const { status = 400, ...named } = details;
  return new RejectedRequest(status, { type: 'invalid_request_error', message, ...named });
}
