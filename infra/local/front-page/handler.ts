import { required } from '../../../engine/environment/environment.ts';
import { REPLY_HEADERS } from '../../../engine/http/reply-headers.ts';

/** Answers what plugin.ts has prepared. */
export const handler = async () => ({
  statusCode: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', ...REPLY_HEADERS },
  body: required('FRONT_PAGE'),
});
