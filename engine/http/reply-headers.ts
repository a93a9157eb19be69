import type { Middleware } from './http.ts';

/**
 * Replies, refusals too, are for one caller at one moment, so no cache may keep them, unless a function says otherwise of what
 * it answers to everybody: https://www.rfc-editor.org/rfc/rfc9111
 * They are what their Content-Type says and nothing else, whatever a browser finds in them:
 * https://fetch.spec.whatwg.org/#x-content-type-options-header
 */
export const REPLY_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Gives every reply these headers, if it has none of its own. It has to be the first of the middleware, so that it sees what the others answer. */
export const replyHeaders = (): Middleware => {
  const give: NonNullable<Middleware['after']> = ({ response }) => {
    if (response) response.headers = { ...REPLY_HEADERS, ...response.headers };
  };
  return { after: give, onError: give };
};
