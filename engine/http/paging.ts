import * as z from 'zod';
import type { Check } from './check.ts';
import type { HttpEvent } from './http.ts';
import { Problem } from './problem.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

/** Finds the number of items that the caller wants. @throws Problem 400 */
export const limit = (max = MAX_LIMIT): Check<{ limit: number }> => ({
  tells: {
    parameters: [
      {
        in: 'query',
        name: 'limit',
        schema: z.int().min(1).max(max).default(DEFAULT_LIMIT),
        description: 'How many items at most.',
      },
    ],
    problems: ['bad-request'],
  },
  before: ({ event, context }) => {
    context.limit = limitOf(event, max);
  },
});

/** Finds where the caller's page begins. @throws Problem 400 if this list did not give out the cursor */
export const cursor = <Schema extends z.ZodType>(
  schema: Schema,
): Check<{ cursor: z.infer<Schema> | undefined }> => ({
  tells: {
    parameters: [
      {
        in: 'query',
        name: 'cursor',
        schema: z.string().min(1),
        description: 'The `cursor` of the page before. It says nothing to anybody else.',
      },
    ],
    problems: ['bad-request'],
  },
  before: ({ event, context }) => {
    const text = event.queryStringParameters?.cursor;
    context.cursor = text === undefined || text === null ? undefined : decodeCursor(text, schema);
  },
});

/** A cursor is opaque to the caller, and checked when the caller sends it back. */
export function encodeCursor(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function limitOf(event: HttpEvent, max: number): number {
  const text = event.queryStringParameters?.limit;
  if (text === undefined || text === null) return DEFAULT_LIMIT;
  const wanted = Number(text);
  if (!/^\d{1,4}$/.test(text) || wanted < 1 || wanted > max) {
    throw new Problem('bad-request', `limit has to be a whole number from 1 to ${max}.`);
  }
  return wanted;
}

/** @throws Problem 400 if no list gave out such a cursor */
export function decodeCursor<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new Problem(
      'bad-request',
      'The cursor is not one that this list gave out. Start again without it.',
    );
  }
}
