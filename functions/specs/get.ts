import { hash } from 'node:crypto';
import { endpoint } from '../../engine/http/endpoint.ts';
import { knownTo } from '../../engine/http/entity-tag.ts';
import { shop } from '../shop.ts';
import { documents } from './documents.ts';
import { pageOf } from './page.ts';
import { STYLE } from './style.ts';

/** A deployment may change them, and nothing else does. */
const CACHE = 'public, max-age=300';

interface Served {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function served(body: string, contentType: string, headers: Readonly<Record<string, string>> = {}): Served {
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 24)}"`;
  return { body, headers: { 'content-type': contentType, etag, 'cache-control': CACHE, ...headers } };
}

/** The page may show its own style, and do nothing. https://www.w3.org/TR/CSP3/ */
const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const made = new Map<string, Served>();

function make(path: string): Served {
  const { openapi, asyncapi } = documents;
  if (path.startsWith('/openapi.json')) return served(JSON.stringify(openapi), 'application/json');
  if (path.startsWith('/asyncapi.json')) return served(JSON.stringify(asyncapi), 'application/json');
  return served(pageOf(openapi, asyncapi), 'text/html; charset=utf-8', { 'content-security-policy': POLICY });
}

/** GET /openapi.json · GET /asyncapi.json · GET /docs: what the API and its events are, to anyone. */
export const handler = endpoint(shop, [], async (_, event) => {
  const path = event.resource ?? '';
  const { body, headers } = made.get(path) ?? make(path);
  made.set(path, { body, headers });
  return knownTo(event)?.(headers.etag ?? '') === true
    ? { statusCode: 304, headers, body: '' }
    : { statusCode: 200, headers, body };
});
