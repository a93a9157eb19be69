import type * as z from 'zod';
import type { HttpEvent } from './http.ts';
import { Problem } from './problem.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

/** @throws Problem 400 */
export function limitOf(event: HttpEvent, max = MAX_LIMIT): number {
  const text = event.queryStringParameters?.limit;
  if (text === undefined || text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > max) {
    throw new Problem('bad-request', `limit has to be a whole number from 1 to ${max}.`);
  }
  return limit;
}

/** A cursor is opaque to the caller, and checked here because it comes back from one. */
export function encodeCursor(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws Problem 400 if the cursor is not one that a list gave out */
export function cursorOf<Schema extends z.ZodType>(
  event: HttpEvent,
  schema: Schema,
): z.infer<Schema> | undefined {
  const text = event.queryStringParameters?.cursor;
  if (text === undefined || text === null) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new Problem(
      'bad-request',
      'The cursor is not one that this list gave out. Start again without it.',
    );
  }
}
