import { hash } from 'node:crypto';
import * as z from 'zod';
import type { CallerId, SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { Check } from './check.ts';
import { type HttpEvent, headersOf } from './http.ts';
import { Problem } from './problem.ts';

const NAME = 'idempotency-key';
const MAX_KEY_LENGTH = 255;
const PRINTABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Finds the caller's Idempotency-Key. @throws Problem 400 if it is missing or malformed */
export const idempotencyKey = (): Check<{ idempotencyKey: string }> => ({
  tells: {
    parameters: [
      {
        in: 'header',
        name: 'Idempotency-Key',
        schema: z.string().regex(PRINTABLE),
        isRequired: true,
        description: `A new value for each new intention, and the same value for each retry: 1 to ${MAX_KEY_LENGTH} printable ASCII characters, in double quotes or without any.`,
      },
    ],
    problems: ['idempotency-key-missing', 'idempotency-key-malformed'],
  },
  before: ({ event, context }) => {
    context.idempotencyKey = idempotencyKeyOf(event);
  },
});

/**
 * The Idempotency-Key header, a Structured Field string: `"8e03978e"`. Without the quotes it names the same key.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 */
function idempotencyKeyOf(event: HttpEvent): string {
  const [header, ...others] = new Set(headersOf(event, NAME).map((value) => value.trim()));
  if (others.length > 0)
    throw new Problem('idempotency-key-malformed', 'Two different Idempotency-Keys were sent. Send one.');
  if (header === undefined) {
    throw new Problem(
      'idempotency-key-missing',
      'Send a header Idempotency-Key with a new value for each new intention, and the same value for each retry.',
    );
  }
  const key = unquote(header);
  if (key === undefined || !PRINTABLE.test(key) || key.length > MAX_KEY_LENGTH) {
    throw new Problem(
      'idempotency-key-malformed',
      `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} printable ASCII characters, in double quotes or without any.`,
    );
  }
  return key;
}

/** https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3 */
function unquote(header: string): string | undefined {
  if (!header.includes('"')) return header.includes('\\') || header.includes(',') ? undefined : header;
  const [, inner] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header) ?? [];
  return inner?.replaceAll(/\\(["\\])/g, '$1');
}

/** A digest of the key's purpose, its owner and the key. Joined as JSON, so the parts cannot run together. */
export const keyDigest = (...parts: readonly string[]): string =>
  hash('sha256', JSON.stringify(parts), 'base64url');

/** One key of one caller is one saga, so the put that creates the saga also enforces the key. */
export const sagaIdFor = (saga: Saga, caller: CallerId, key: string): SagaId =>
  saga.id.schema.parse(`${saga.id.prefix}_${keyDigest(saga.initiator, caller, key).slice(0, 24)}`);

/** Identifies a body by its content, whatever its white space and the sequence of its members. */
export const fingerprintOf = (body: unknown): string =>
  keyDigest('body', JSON.stringify(sorted(body))).slice(0, 32);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(members)
      .toSorted()
      .map((name) => [name, sorted(members[name])]),
  );
}
