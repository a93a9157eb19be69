import type { IncomingMessage, RequestListener } from 'node:http';
import { REPLY_HEADERS } from '../../engine/http/reply-headers.ts';

/** Who may call a local port, besides this machine’s own programs. */
export interface AllowedCallers {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** `ALLOWED_HOSTS` and `ALLOWED_ORIGINS`, each with commas: `payments`, `http://localhost:5173`. */
export const allowedIn = ({ ALLOWED_HOSTS, ALLOWED_ORIGINS }: NodeJS.ProcessEnv): AllowedCallers => ({
  hosts: new Set([...LOOPBACK, ...namesIn(ALLOWED_HOSTS)]),
  origins: new Set(namesIn(ALLOWED_ORIGINS)),
});

const namesIn = (list = ''): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');

/**
 * Why a request to a local port is refused; undefined if it is not. These ports believe everybody, and any page in the developer's
 * browser can send them requests. A page says where it is from in `Origin`. One whose name is pointed at 127.0.0.1 after it
 * was loaded (DNS rebinding) has the right origin, and its own name in `Host`.
 * https://fetch.spec.whatwg.org/#origin-header https://www.rfc-editor.org/rfc/rfc9110#section-7.2
 */
export function refusalOf(request: Asking, { hosts, origins }: AllowedCallers): string | undefined {
  const { host, origin } = lowerCased(request.headers);
  const named = [host, ...authorityIn(request.url)];
  const isOne = request.rawHeaders.filter((name, at) => at % 2 === 0 && /^host$/i.test(name)).length === 1;
  if (!isOne || !named.every((each) => hosts.has(each.replace(/:\d{1,5}$/, ''))))
    return 'This port answers to 127.0.0.1 and localhost, and to hosts that ALLOWED_HOSTS names.';
  if (origin === '' || origin === `http://${host}` || origins.has(origin)) return undefined;
  return 'A page of another origin may not call this port, unless ALLOWED_ORIGINS names its origin.';
}

type Asking = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>;

const lowerCased = ({ host = '', origin = '' }: Asking['headers']) => ({
  host: host.toLowerCase(),
  origin: origin.toLowerCase(),
});

/** A target may be a whole address, which then counts more than `Host`: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
function authorityIn(target = ''): readonly string[] {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target) ?? [];
  return authority === undefined ? [] : [authority.toLowerCase()];
}

/** https://www.rfc-editor.org/rfc/rfc9457 */
export const refusalBody = (detail: string): string =>
  JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403, detail });

export const REFUSAL_HEADERS = { ...REPLY_HEADERS, 'content-type': 'application/problem+json' } as const;

/** A listener that is asked only by callers who may. */
export const forCallers =
  (allowed: AllowedCallers, listener: RequestListener): RequestListener =>
  (request, response) => {
    const refusal = refusalOf(request, allowed);
    if (refusal === undefined) {
      listener(request, response);
      return;
    }
    // With an unread body the connection would be reset, and the answer lost.
    request.resume();
    response.writeHead(403, REFUSAL_HEADERS).end(refusalBody(refusal));
  };
