import type { Middleware } from './http.ts';

/** What is answered holds for this caller and this moment, so nobody may keep it. */
export const noStore = (): Middleware => ({
  after: ({ response }) => {
    if (!response) return;
    response.headers ??= {};
    response.headers['cache-control'] = 'no-store';
  },
});
