import type * as z from 'zod';
import { flawsOf } from './flaws.ts';
import { type HttpEvent, headerOf, type Middleware } from './http.ts';
import { Problem } from './problem.ts';

/** Nothing that a saga begins with comes near it. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Finds the content of a body in JSON.
 * @throws Problem 413, 415, 400 (not JSON) or 422 (JSON that fails the schema, with a pointer for each flaw)
 */
export const jsonBody = <Schema extends z.ZodType>(
  schema: Schema,
): Middleware<{ body: z.infer<Schema> }> => ({
  before: ({ event, context }) => {
    context.body = validated(contentOf(event), schema);
  },
});

function contentOf(event: HttpEvent): unknown {
  const contentType = headerOf(event, 'content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new Problem('unsupported-media-type', 'Send the header Content-Type: application/json.');
  }
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Problem('too-large', `The body may have ${MAX_BODY_BYTES} bytes, and has ${bytes.length}.`);
  }
  return parseJson(bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Problem('bad-request', 'The body is empty; it has to be JSON.');
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Problem('bad-request', 'The body is not JSON in UTF-8.');
  }
}

function validated<Schema extends z.ZodType>(value: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid-content', 'See errors for what is wrong, and where.', flawsOf(parsed.error));
}
