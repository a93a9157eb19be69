import type { HttpEvent } from '../../engine/http/http.ts';

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What API Gateway hands over, as far as our functions look. A Buffer arrives as base64, as binary media do. */
export const httpEvent = ({ headers = {}, query, body }: Request): HttpEvent =>
  ({
    headers,
    queryStringParameters: query ?? null,
    body: body === undefined ? null : typeof body === 'string' ? body : body.toString('base64'),
    isBase64Encoded: typeof body === 'object',
  }) as unknown as HttpEvent;

/** The problem type of what a call throws, such as `bad-request`. */
export function problemOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Error && 'type' in error) return String(error.type);
    throw error;
  }
  return 'no problem';
}
