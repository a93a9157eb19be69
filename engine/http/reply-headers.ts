import type { Middleware } from './http.ts';

/** Replies are for one caller at one moment, so no cache may keep them. */
export const noStore = (): Middleware => ({
  after: ({ response }) => {
    if (!response) return;
    response.headers ??= {};
    response.headers['cache-control'] = 'no-store';
  },
});
