import { createRemoteJWKSet, errors } from 'jose';
import { log } from '../environment/log.ts';

/** Keys that the issuer has withdrawn are not believed for longer. */
const FRESH_MS = 10 * 60_000;
const TIMEOUT_MS = 3_000;

/**
 * An issuer's public keys, fetched at the first token, again when a token names a key not seen yet, and every ten
 * minutes. While the issuer cannot be asked, the last ones are good: its outage logs nobody out.
 */
export class IssuerKeys {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(url: URL) {
    this.#keys = createRemoteJWKSet(url, {
      timeoutDuration: TIMEOUT_MS,
      cacheMaxAge: Number.POSITIVE_INFINITY,
    });
  }

  /** For `jwtVerify`. It throws an error of which `isOutageOfIssuer` is true if no keys could be fetched yet. */
  known(): ReturnType<typeof createRemoteJWKSet> {
    const isFresh = Date.now() - this.#askedMs <= FRESH_MS;
    if (isFresh) return this.#keys;
    this.#askedMs = Date.now();
    // The first time the library asks by itself.
    if (this.#keys.jwks() !== undefined) {
      this.#keys.reload().catch((error: unknown) => {
        log('warn', 'the issuer’s keys cannot be fetched, so the last ones stay', { error: String(error) });
      });
    }
    return this.#keys;
  }
}

/** The issuer did not answer, or with something else than its keys. A token is not to blame. */
export const isOutageOfIssuer = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  // The library has no class of its own for an answer that is not 200, or not JSON.
  (error instanceof errors.JOSEError && error.code === errors.JOSEError.code);
