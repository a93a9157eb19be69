import { required } from '../../../engine/environment/environment.ts';

/** Answers what plugin.ts has prepared. */
export const handler = async () => ({
  statusCode: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  body: required('FRONT_PAGE'),
});
