import type { Calls, Problem } from './calls.ts';

export type Call = keyof Calls;

/** What an answer may be that a call does not say by its status: the gateway's own. */
type OtherStatus = 402 | 405 | 406 | 408 | 431 | 502 | 504;

type Part = 'path' | 'query' | 'headers' | 'body';

/** Parts that may be left out: a body that need not be sent, and others of which nothing is needed. */
type Optional<C extends Call> = {
  [P in Part]: P extends 'body'
    ? undefined extends Calls[C][P]
      ? P
      : never
    : object extends Calls[C][P]
      ? P
      : never;
}[Part];

/** What a call takes. */
export type Request<C extends Call> = { readonly [P in Exclude<Part, Optional<C>>]: Calls[C][P] } & {
  readonly [P in Optional<C>]?: Calls[C][P];
};

/** What a call answers. Its status decides what its body is. */
export type Reply<C extends Call> =
  | {
      [Status in keyof Calls[C]['answers']]: {
        readonly status: Status;
        readonly headers: Headers;
        readonly body: Calls[C]['answers'][Status];
      };
    }[keyof Calls[C]['answers']]
  | { readonly status: OtherStatus; readonly headers: Headers; readonly body: Problem };

/** A request, which may be left out where nothing is needed. */
export type Arguments<C extends Call> =
  object extends Request<C> ? [request?: Request<C>] : [request: Request<C>];

interface Parts {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Has this file's calls made at an API, such as http://127.0.0.1:3000, with a token. It needs nothing but `fetch`, or a `send` like it. */
export const clientOf =
  (api: string, token?: string, send: typeof fetch = (...request) => fetch(...request)) =>
  async <C extends Call>(call: C, ...[request]: Arguments<C>): Promise<Reply<C>> => {
    const { path = {}, query = {}, headers = {}, body } = (request ?? {}) as Parts;
    const [method = '', template = ''] = call.split(' ');
    const url = new URL(
      `${api}${template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))}`,
    );
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const response = await send(url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const content: unknown = text === '' ? undefined : isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: content } as Reply<C>;
  };
