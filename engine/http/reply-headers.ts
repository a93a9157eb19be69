import type { Middleware } from './http.ts';

/**
 * Replies, refusals too, are for one caller at one moment, so no cache may keep them: https://www.rfc-editor.org/rfc/rfc9111
 * They are what their Content-Type says and nothing else, whatever a browser finds in them:
 * https://fetch.spec.whatwg.org/#x-content-type-options-header
 */
export const REPLY_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Gives every reply these headers. It has to be the first of the middleware, so that it sees what the others answer. */
export const replyHeaders = (): Middleware => {
  const give: NonNullable<Middleware['after']> = ({ response }) => {
    if (response) response.headers = { ...response.headers, ...REPLY_HEADERS };
  };
  return { after: give, onError: give };
};
