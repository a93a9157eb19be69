import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import {
  type LambdaEndpoint,
  lambdaEndpoint,
  type Outcome,
} from '../../../infra/local/rabbitmq-event-source/invoke.ts';

let server: Server | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** Invokes a function at an endpoint that answers as given. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invokeAt(answer: RequestListener, timeoutMs = 5_000, host = '127.0.0.1'): Promise<Outcome> {
  const lambda = await lambdaAt(answer, host);
  try {
    return await lambda.invoke('service-local-pay', Buffer.from('{}'), timeoutMs);
  } finally {
    lambda.close();
  }
}

async function lambdaAt(answer: RequestListener, host: string): Promise<LambdaEndpoint> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, host.replace(/[[\]]/g, ''), resolve));
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return lambdaEndpoint(`http://${host}:${address.port}`, 'eu-central-1');
}

const answering =
  (status: number, headers: Record<string, string>, body: object): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

const error = (status: number, type: string) =>
  answering(status, { 'x-amzn-errortype': type }, { Message: type });

test('a throttled function has not run: its batch is kept and no delivery is counted', async () => {
  expect(await invokeAt(error(429, 'TooManyRequestsException'))).toEqual({
    kind: 'refused',
    reason: 'function service-local-pay is throttled',
  });
});

test('an unknown function has not run either', async () => {
  expect(await invokeAt(error(404, 'ResourceNotFoundException'))).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('is unknown at'),
  });
});

test.each([
  [
    400,
    'InvalidRequestContentException',
    'refuses to invoke service-local-pay (400 InvalidRequestContentException',
  ],
  [403, 'AccessDeniedException', 'refuses to invoke service-local-pay (403 AccessDeniedException'],
  [409, 'ResourceConflictException', 'refuses to invoke service-local-pay (409 ResourceConflictException'],
  [413, 'RequestTooLargeException', 'takes no event that large (413 RequestTooLargeException'],
])('a status of %i says that the function has not run, and why', async (status, type, reason) => {
  expect(await invokeAt(error(status, type))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining(reason),
  });
});

test('without credentials no function can have run, and the batch is kept', async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const lambda = lambdaEndpoint('http://192.0.2.1:4566', 'eu-central-1');
  expect(await lambda.invoke('service-local-pay', Buffer.from('{}'), 5_000)).toEqual({
    kind: 'refused',
    reason: expect.stringContaining('no credentials for Lambda at http://192.0.2.1:4566'),
  });
  lambda.close();
});

test.each(['127.0.0.1', '0.0.0.0', '[::1]', 'localhost'])(
  'an emulator at %s needs no credentials, and is told the region',
  async (host) => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
    let authorization: string | undefined;
    const answer: RequestListener = (request, response) => {
      authorization = request.headers.authorization;
      answering(200, {}, {})(request, response);
    };
    expect(await invokeAt(answer, 5_000, host)).toEqual({ kind: 'succeeded' });
    expect(authorization).toContain('Credential=local/20260101/eu-central-1/lambda/aws4_request');
  },
);

test('credentials that are set are used, for they may name an account', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '111122223333');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  let authorization: string | undefined;
  await invokeAt((request, response) => {
    authorization = request.headers.authorization;
    answering(200, {}, {})(request, response);
  });
  expect(authorization).toMatch(/Credential=111122223333\/.*Signature=[0-9a-f]{64}$/);
});

test('a function error, an error of the service and a lost answer may have run it: the batch comes again', async () => {
  const threw = answering(
    200,
    { 'x-amz-function-error': 'Unhandled' },
    { errorType: 'Error', errorMessage: 'boom' },
  );
  expect(await invokeAt(threw)).toEqual({ kind: 'failed', reason: 'Unhandled: Error: boom' });
  expect(await invokeAt(error(500, 'ServiceException'))).toMatchObject({ kind: 'failed' });
  expect(await invokeAt((request) => request.socket.destroy())).toMatchObject({ kind: 'failed' });
});

test('a function that does not answer in time may have run it too', async () => {
  expect(await invokeAt(() => {}, 100)).toEqual({
    kind: 'failed',
    reason: 'function service-local-pay has not answered within 100 ms',
  });
});

test('a function that answers has succeeded, whatever it answers', async () => {
  expect(await invokeAt(answering(200, {}, { anything: true }))).toEqual({ kind: 'succeeded' });
});

const saying =
  (status: number, contentType: string, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };

const page = '<!doctype html><title>Welcome</title>';

test.each([
  [200, page],
  [200, `\n${page}`],
  [200, 'OK'],
  [302, page],
  [403, page],
  [404, page],
])('a web server that answers %i and %j is not Lambda: no function has run', async (status, body) => {
  expect(await invokeAt(saying(status, 'text/html', body))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining(`does not answer as Lambda does (status ${status})`),
  });
});

test('a page that tells of an error behind it may come after the function: the batch comes again', async () => {
  expect(await invokeAt(saying(502, 'text/html', page))).toMatchObject({ kind: 'failed' });
});

test('an answer that breaks off may come from a function that has run', async () => {
  const breakingOff: RequestListener = (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"a":', () => request.socket.destroy());
  };
  expect(await invokeAt(breakingOff)).toMatchObject({ kind: 'failed' });
});

// As serverless-offline sends them: its server calls every text `text/html`.
test.each(['', 'null', 'true', 'false', '-1', '7', '[]', '{}', '"a text"', '"a "quoted" text"'])(
  'the answer %j is one that Lambda or an emulator gives',
  async (body) => {
    expect(await invokeAt(saying(200, 'text/html; charset=utf-8', body))).toEqual({ kind: 'succeeded' });
  },
);

// Fails where calls wait for a connection: `concurrency` goes to 1,000.
test('as many invocations as are asked for run at once', async () => {
  const together = 80;
  const waiting: ServerResponse[] = [];
  const lambda = await lambdaAt((_, response) => {
    if (waiting.push(response) === together) for (const each of waiting) each.end('{}');
  }, '127.0.0.1');
  const calls = Array.from({ length: together }, () => lambda.invoke('any', Buffer.from('{}'), 3_000));
  expect(new Set((await Promise.all(calls)).map(({ kind }) => kind))).toEqual(new Set(['succeeded']));
  lambda.close();
});
