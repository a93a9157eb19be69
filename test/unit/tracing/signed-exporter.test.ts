import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudWatchRegionOf } from '../../../engine/tracing/cloudwatch.ts';
import { startExporting } from '../../../engine/tracing/otlp.ts';
import { type SignedRequest, signedFor } from '../../support/aws/signature.ts';

/**
 * Goal: CloudWatch takes the spans, and nobody else sees a credential. Method: what is sent goes to a server of the test, which
 * checks the signature by AWS's own description of it.
 */
const CLOUDWATCH = 'https://xray.eu-central-1.amazonaws.com';
const SECRET = 'the secret of the role';
const TOKEN = 'the token of the session';

let server: Server;
let local: string;
let status: number;
const requests: SignedRequest[] = [];
const lines: string[] = [];
beforeEach(async () => {
  [status, requests.length, lines.length] = [200, 0, 0];
  server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_SESSION_TOKEN', TOKEN);
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const real = globalThis.fetch;
  // Only the way there is another: the request is what CloudWatch would get.
  vi.stubGlobal('fetch', (url: URL, init: RequestInit) => {
    const headers = { ...(init.headers as Record<string, string>), 'x-host': url.host };
    return real(new URL(url.pathname, local), { ...init, headers });
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  server.closeAllConnections();
  return new Promise((closed) => server.close(closed));
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url: path = '', headers } = request;
  requests.push({ method, path, headers, body: await text(request) });
  response.writeHead(status, { location: `${local}/elsewhere` }).end('{"message":"why"}');
}

/** Sends one span there, in a request that arrives, if any does. */
async function exportTo(endpoint: string): Promise<SignedRequest> {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  const outgoing = startExporting((tracers) => tracers.getTracer('order').startSpan('one').end());
  await outgoing.forceFlush();
  return requests[0] ?? { method: '', path: '', headers: {}, body: '' };
}

describe('spans to CloudWatch', () => {
  test('are signed by the role of the function, for its region', async () => {
    const sent = await exportTo(CLOUDWATCH);
    const { 'x-host': host, ...headers } = sent.headers;
    const request = { ...sent, headers: { ...headers, host } };
    expect(signedFor(request, SECRET)).toBe('AKID eu-central-1/xray');
    expect(request.headers).toMatchObject({
      ...{ host: 'xray.eu-central-1.amazonaws.com', 'content-type': 'application/json' },
      'x-amz-security-token': TOKEN,
    });
    expect(headers.authorization).toMatch(/SignedHeaders=[a-z;-]*host;[a-z0-9;-]*x-amz-security-token/);
    expect(request).toMatchObject({ method: 'POST', path: '/v1/traces' });
    expect(request.body).toContain('"name":"one"');
    expect(signedFor({ ...request, body: `${request.body} ` }, SECRET)).toBeUndefined();
    expect(signedFor(request, 'another')).toBeUndefined();
    expect(lines).toEqual([]);
  });

  test.each([
    ['refuses them', 403, 'the collector answers 403: {"message":"why"}'],
    ['sends them elsewhere', 307, 'fetch failed'],
  ])('are lost if it %s, and the log says why', async (_, answer, why) => {
    status = answer;
    await exportTo(CLOUDWATCH);
    expect(requests).toHaveLength(1);
    expect(lines.join('')).toMatch(/"message":"spans lost","lost":1/);
    expect(lines.join('')).toContain(JSON.stringify(why).slice(1, -1));
  });

  test('are lost without credentials, and none is asked for', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    await exportTo(CLOUDWATCH);
    expect(requests).toEqual([]);
    expect(lines.join('')).toContain('AWS_SECRET_ACCESS_KEY is not set');
  });

  test('go without a token where the credentials have none', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', '');
    const { headers } = await exportTo(CLOUDWATCH);
    expect(headers.authorization).toContain('AKID');
    expect(headers).not.toHaveProperty(['x-amz-security-token']);
  });
});

test('any other collector gets the spans, and no credential', async () => {
  const request = await exportTo(local);
  expect(request.path).toBe('/v1/traces');
  const said = JSON.stringify(request);
  expect(said).toContain('one');
  for (const secret of ['AKID', SECRET, TOKEN, 'AWS4', 'x-amz', 'authorization'])
    expect(said).not.toContain(secret);
});

test.each([
  [CLOUDWATCH, 'eu-central-1'],
  [`${CLOUDWATCH}/`, 'eu-central-1'],
  ['https://xray.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['http://xray.eu-central-1.amazonaws.com', undefined],
  ['https://xray.eu-central-1.amazonaws.com:444', undefined],
  ['https://xray.eu-central-1.amazonaws.com.example', undefined],
  ['https://xray.eu-central-1.amazonaws.com@example.com', undefined],
  ['https://example.com/?https://xray.eu-central-1.amazonaws.com', undefined],
  ['https://logs.eu-central-1.amazonaws.com', undefined],
  ['https://xray.a.b.amazonaws.com', undefined],
  ['', undefined],
  ['nowhere', undefined],
])('of %j the region of CloudWatch is %s', (endpoint, region) => {
  expect(cloudWatchRegionOf(endpoint)).toBe(region);
});
