import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const BYTES = 32;

/** The secret of one start. It is in the memory of this process and of the page, and nowhere else. */
export const newToken = (): string => randomBytes(BYTES).toString('base64url');

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** `Authorization: Bearer …` https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function presented(
  { headers }: Pick<IncomingMessage, 'headers'>,
  token: string,
): 'right' | 'wrong' | 'missing' {
  const [, said] = /^Bearer +([\w-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (said === undefined) return 'missing';
  return timingSafeEqual(digest(said), digest(token)) ? 'right' : 'wrong';
}

/**
 * Whether a browser says that the console's own page asks. Another page cannot say so, and cannot be the console's page: it has no
 * other origin. https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export const isOwnPage = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['sec-fetch-site'] === 'same-origin' &&
  (headers.origin === undefined || headers.origin.toLowerCase() === `http://${headers.host?.toLowerCase()}`);
