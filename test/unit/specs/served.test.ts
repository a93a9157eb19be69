import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { HttpEvent } from '../../../engine/http/http.ts';
import { curlOf } from '../../../functions/specs/curl.ts';
import { documents } from '../../../functions/specs/documents.ts';
import { handler } from '../../../functions/specs/get.ts';
import { pageOf } from '../../../functions/specs/page.ts';
import { schemaText } from '../../../functions/specs/schema-text.ts';
import { httpEvent } from '../../support/http-event.ts';

/** Goal: whoever has nothing but a browser can read what the API is. Method: the page is read as text. */
const page = pageOf(documents.openapi, documents.asyncapi);
const get = (resource: string, headers = {}) =>
  handler({ ...httpEvent({ headers }), resource, httpMethod: 'GET' } as HttpEvent, {} as Context);

describe('the page', () => {
  test('has every call, every schema and every event', () => {
    const { paths, components } = documents.openapi;
    const ids = [
      ...Object.values(paths).flatMap((methods) => Object.values(methods).map((each) => each.operationId)),
      ...[...Object.keys(components.schemas), ...Object.keys(documents.asyncapi.components.messages)].map(
        (name) => `schema-${name}`,
      ),
    ];
    expect(ids.filter((id) => !page.includes(` id="${id}"`))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says how each call is made in a shell', () => {
    const { post } = documents.openapi.paths['/stock/{sku}/receipts'] ?? {};
    expect(post && curlOf('post', '/stock/mug/receipts', post)).toBe(
      [
        'curl -sS -X POST "$API/stock/mug/receipts"',
        '-H "Authorization: Bearer $TOKEN"',
        "-H 'Idempotency-Key: …'",
        "-H 'Content-Type: application/json'",
        `-d '{"quantity":12}'`,
      ].join(' \\\n  '),
    );
    expect(page).toContain('curl -sS &quot;$API/health&quot;');
  });

  test('links to what is on it', () => {
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !page.includes(` id="${id}"`))).toEqual([]);
  });

  test('loads nothing, and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|\ssrc=/);
    expect([...page.matchAll(/href="([^#"][^"]*)"/g)].map(([, to]) => to)).toEqual([
      'openapi.json',
      'asyncapi.json',
    ]);
  });

  test('shows what is in the documents as text', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const text = schemaText({
      properties: { [hostile]: { type: hostile, description: hostile, pattern: hostile } },
    });
    expect(text).not.toContain('<img');
    expect(text.match(/&lt;img/g)).toHaveLength(4);
  });
});

describe('what is served', () => {
  test.each([
    ['/openapi.json', 'application/json'],
    ['/asyncapi.json', 'application/json'],
    ['/docs', 'text/html; charset=utf-8'],
  ])('%s may be kept, and is not sent twice to who has it', async (path, contentType) => {
    const { statusCode, headers = {}, body } = await get(path);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      contentType,
      'public, max-age=300',
    ]);
    expect(body.length).toBeGreaterThan(1_000);
    const again = await get(path, { 'if-none-match': headers.etag });
    expect([again.statusCode, again.body, again.headers?.etag]).toEqual([304, '', headers.etag]);
    expect((await get(path, { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  test('the page has leave for its own style, and for nothing else', async () => {
    const { headers = {} } = await get('/docs');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; /);
  });
});
