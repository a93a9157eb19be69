import type * as z from 'zod';
import type { Check } from './check.ts';
import { flawsOf } from './flaws.ts';
import { type HttpEvent, headerOf } from './http.ts';
import { repeatedMember } from './member-names.ts';
import { Problem, type ProblemType } from './problem.ts';

/** Far more than the body that begins a saga has. */
export const MAX_BODY_BYTES = 64 * 1024;

/** What is thrown for a body. */
export const BODY_PROBLEMS: readonly ProblemType[] = [
  ...(['too-large', 'unsupported-media-type', 'bad-request', 'invalid-content'] as const),
];

/**
 * Finds the content of a JSON body. `sent`: as it came, before the schema adds defaults that may change with a version.
 * @throws Problem 413, 415, 400 (not JSON) or 422 (JSON that fails the schema, with a pointer for each flaw)
 */
export const jsonBody = <Schema extends z.ZodType>(
  schema: Schema,
): Check<{ body: z.infer<Schema>; sent: unknown }> => ({
  tells: { body: schema, maxBytes: MAX_BODY_BYTES, problems: BODY_PROBLEMS },
  before: ({ event, context }) => {
    context.sent = contentOf(event);
    context.body = validated(context.sent, schema);
  },
});

/** The content of a body. @throws Problem 413, 415, 400 */
export function contentOf(event: HttpEvent): unknown {
  const contentType = headerOf(event, 'content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new Problem('unsupported-media-type', 'Send the header Content-Type: application/json.');
  }
  const body = event.body ?? '';
  return parseJson(event.isBase64Encoded ? decoded(Buffer.from(body, 'base64')) : checked(body));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: Buffer): string {
  checkSize(bytes.length);
  try {
    return utf8.decode(bytes);
  } catch {
    throw notJson();
  }
}

/** Treats a text as decoding its UTF-8 bytes would, without encoding and decoding it. */
function checked(text: string): string {
  checkSize(Buffer.byteLength(text));
  return text.toWellFormed().replace(/^\uFEFF/, '');
}

function checkSize(bytes: number): void {
  if (bytes === 0) throw new Problem('bad-request', 'The body is empty; it has to be JSON.');
  if (bytes <= MAX_BODY_BYTES) return;
  throw new Problem('too-large', `The body may have ${MAX_BODY_BYTES} bytes, and has ${bytes}.`);
}

function parseJson(text: string): unknown {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw notJson();
  }
  const twice = repeatedMember(text);
  if (twice === undefined) return content;
  throw new Problem(
    'bad-request',
    `The body has the member ${JSON.stringify(twice.slice(0, 40))} twice: send it once.`,
  );
}

const notJson = () => new Problem('bad-request', 'The body is not JSON in UTF-8.');

/** @throws Problem 422 */
export function validated<Schema extends z.ZodType>(value: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid-content', 'See errors for what is wrong, and where.', flawsOf(parsed.error));
}
