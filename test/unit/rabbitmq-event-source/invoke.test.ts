import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { lambdaEndpoint, type Outcome } from '../../../infra/local/rabbitmq-event-source/invoke.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** Invokes a function at an endpoint that answers as given. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invokeAt(answer: RequestListener, timeoutMs = 5_000): Promise<Outcome> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const lambda = lambdaEndpoint(`http://127.0.0.1:${address.port}`, 'eu-central-1');
  try {
    return await lambda.invoke('service-local-pay', Buffer.from('{}'), timeoutMs);
  } finally {
    lambda.close();
  }
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
