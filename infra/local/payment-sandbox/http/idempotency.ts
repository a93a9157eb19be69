import type { SavedAnswer } from '../ledger/ledger.ts';
import { invalidRequest, RejectedRequest } from './answers.ts';

/** https://docs.stripe.com/api/idempotent_requests */
const MAX_KEY_LENGTH = 255;

export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (header === '' || header.length > MAX_KEY_LENGTH) {
    throw invalidRequest(`Idempotency keys have 1 to ${MAX_KEY_LENGTH} characters.`);
  }
  return header;
}

/** The keys of the requests that are executing now. Not durable: after a crash no request is executing. */
export class KeysInUse {
  readonly #keys = new Set<string>();

  claim(key: string): void {
    if (this.#keys.has(key)) {
      throw new RejectedRequest(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}`,
      });
    }
    this.#keys.add(key);
  }

  release(key: string): void {
    this.#keys.delete(key);
  }
}

/** A key belongs to the endpoint and parameters of its first use. */
export function refuseOtherRequest(
  key: string,
  saved: SavedAnswer,
  request: { readonly path: string; readonly fingerprint: string },
): void {
  if (saved.path !== request.path) {
    throw new RejectedRequest(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${request.path}' vs '${saved.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  }
  if (saved.fingerprint !== request.fingerprint) {
    throw new RejectedRequest(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  }
}
