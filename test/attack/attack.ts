import type { Scene } from './scene.ts';

/** What is sent: a request, or the bytes of one that no client would send. */
export interface Request {
  readonly port?: 'api' | 'lambda' | 'payments' | 'issuer';
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** In the place of all others: sent as it is. */
  readonly bytes?: string;
}

/** The answer that is right. `type`: the last part of the problem's type, `about:blank` whole, or `none` of a success. */
export interface Expected {
  readonly status: number;
  readonly type: string;
  /** What the body of a success is. */
  readonly body?: unknown;
}

/** One input, which must change nothing: no item of a table, no message, no charge. */
export interface Attack {
  readonly name: string;
  readonly expected: Expected;
  readonly request: (scene: Scene) => Request | Promise<Request>;
  /** What the answer must not repeat. */
  readonly secret?: string;
}

export const unauthorized: Expected = { status: 401, type: 'unauthorized' };
export const forbidden: Expected = { status: 403, type: 'forbidden' };
export const notFound: Expected = { status: 404, type: 'not-found' };
export const badRequest: Expected = { status: 400, type: 'bad-request' };
export const invalid: Expected = { status: 422, type: 'invalid-content' };
export const tooLarge: Expected = { status: 413, type: 'too-large' };
/** A local port’s own refusal of a page, which the gateway on AWS has not. */
export const notForPages: Expected = { status: 403, type: 'about:blank' };

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const JSON_BODY = { 'content-type': 'application/json' };

/** A name for a list of tests, in one line and not too long. */
export const shortly = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};
