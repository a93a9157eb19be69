import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { REPLY_HEADERS } from '../../../engine/http/reply-headers.ts';
import { type Assets, PAGE } from './bundle.ts';
import { CONTROLS, type ControlsRouter } from './controls/router.ts';
import { passOn, refuse, type Upstream } from './proxy.ts';

/** The calls of the API are below this path; the rest of the path is the API's. */
const API = '/api/';

/**
 * The page may load its own files and call its own origin, and nothing else: whatever a dead letter holds, it is text.
 * https://www.w3.org/TR/CSP3/
 */
const PAGE_HEADERS = {
  ...REPLY_HEADERS,
  'content-security-policy': [
    "default-src 'none'",
    ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/** Where the page itself is: its addresses name no file. */
const isPage = (path: string): boolean => /^\/(?:|playground|sagas\/[^/.]+|dead-letters\/[^/.]+)$/.test(path);

/**
 * What the console's port answers to callers who may: its files, which are held in memory, and the API, as the operator.
 * `controls`: of the playground, where there is one.
 */
export const consoleListener =
  (assets: Assets, upstream: Upstream, controls?: ControlsRouter): RequestListener =>
  (request, response) => {
    answer(assets, { upstream, controls }, request, response).catch((error: unknown) => {
      console.error('the console failed:', error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'Internal Server Error', 'The console failed. Its terminal says at what.');
    });
  };

interface Behind {
  readonly upstream: Upstream;
  readonly controls: ControlsRouter | undefined;
}

async function answer(
  assets: Assets,
  { upstream, controls }: Behind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A whole address as the target would name a host of its own, and two slashes look like one.
  const url = /^\/(?!\/)/.test(request.url ?? '') ? URL.parse(request.url ?? '', 'http://console') : null;
  if (url === null) return refuse(response, 400, 'Bad Request', 'This is no path.');
  // Also of `/api/../x` and of `/api/%2e%2e/x` no more than `/x` is left here.
  const { pathname, search } = url;
  if (pathname.startsWith(API)) {
    if (isOfAnotherSite(request))
      return refuse(response, 403, 'Forbidden', 'Only the console’s own page may call this path.');
    return await passOn(upstream, request, response, `/${pathname.slice(API.length)}${search}`);
  }
  if (controls !== undefined && pathname.startsWith(CONTROLS))
    return await controls(request, response, pathname.slice(CONTROLS.length));
  request.resume();
  const asset = assets.get(isPage(pathname) ? PAGE : pathname);
  if (asset === undefined) return refuse(response, 404, 'Not Found', `There is no ${pathname} here.`);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'Method Not Allowed', 'The console is only read.');
  const { type, content } = asset;
  response.writeHead(200, { ...PAGE_HEADERS, 'content-type': type, 'content-length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}

/**
 * A picture or a link of another page says no `Origin`, and this path lends it the operator's token. Browsers say where it comes
 * from: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
const isOfAnotherSite = ({ headers }: IncomingMessage): boolean =>
  !['same-origin', 'none', undefined].includes(headers['sec-fetch-site'] as string | undefined);
