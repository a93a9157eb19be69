import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { DeliveryError, post } from '../../../functions/webhooks/post.ts';

/**
 * Goal: whatever a subscriber does, a delivery ends soon and does no harm. Method: real servers. Those that are slow or mute:
 * test/integration/bounds.test.ts.
 */
const headers = { 'webhook-id': 'a:b', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' };
const body = '{"type":"order.confirmed","data":{"name":"ü"}}';
const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

async function serverAt(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const outcomeOf = async (url: string, isLocal = true): Promise<unknown> =>
  await post(isLocal)(url, body, headers).then(
    () => 'delivered',
    (error: unknown) => (error instanceof DeliveryError ? error.message : error),
  );

test('the body goes out as it is, with the signature', async () => {
  const got = Promise.withResolvers<object>();
  const url = await serverAt((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      reply.statusCode = 204;
      reply.end();
      got.resolve({
        method: request.method,
        url: request.url,
        body: Buffer.concat(chunks).toString(),
        ...request.headers,
      });
    });
  });
  expect(await outcomeOf(`${url}/hooks?a=b`)).toBe('delivered');
  expect(await got.promise).toMatchObject({
    ...{ method: 'POST', url: '/hooks?a=b', body, 'content-type': 'application/json' },
    ...headers,
  });
});

test.each([199, 304, 400, 410, 429, 500, 503].filter((status) => status >= 200))(
  'status %i is no delivery',
  async (status) => {
    const url = await serverAt((_, reply) => {
      reply.statusCode = status;
      reply.end();
    });
    expect(await outcomeOf(url)).toBe(`status ${status}`);
  },
);

// Fails where only an answer or an error ends a call: Node tells of neither then.
test('an answer in another protocol is no delivery, and ends the call', async () => {
  const server = createTcpServer((socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n'),
    );
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  expect(await outcomeOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).toBe('status 101');
});

test('no redirect is followed', async () => {
  let isReached = false;
  const other = await serverAt((_, reply) => {
    isReached = true;
    reply.end();
  });
  const url = await serverAt((_, reply) => {
    reply.writeHead(307, { location: other });
    reply.end();
  });
  expect(await outcomeOf(url)).toBe('status 307');
  expect(isReached).toBe(false);
});

test('of an answer without an end nothing is read', async () => {
  const closed = Promise.withResolvers<number>();
  const url = await serverAt((_, reply) => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      while (!reply.destroyed && reply.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    reply.on('drain', more).on('error', () => {});
    reply.on('close', () => closed.resolve(sent));
    reply.writeHead(200);
    more();
  });
  expect(await outcomeOf(url)).toBe('delivered');
  // What fits into the buffers between the two, and no more.
  expect(await closed.promise).toBeLessThan(50_000_000);
});

test('headers without an end are refused', async () => {
  const url = await serverAt((_, reply) => {
    reply.setHeader('x-long', 'a'.repeat(1_000_000));
    reply.end();
  });
  expect(await outcomeOf(url)).toBe('HPE_HEADER_OVERFLOW');
});

test('who does not listen is named by the code of the error alone', async () => {
  const url = await serverAt(() => {});
  ends.pop()?.();
  expect(await outcomeOf(url)).toMatch(/^ECONN(REFUSED|RESET)$/);
});

test.each([
  ['http://example.com', 'it has no https'],
  ['https://127.0.0.1/', 'its address is not on the internet'],
  ['https://2130706433/', 'its address is not on the internet'],
  ['https://[::1]/', 'its address is not on the internet'],
  ['https://[::ffff:169.254.169.254]/', 'its address is not on the internet'],
  ['https://169.254.169.254/latest/meta-data', 'its address is not on the internet'],
  ['https://10.0.0.1/', 'its address is not on the internet'],
  // A name that leads inside.
  ['https://localhost/', 'its address is not on the internet'],
])('outside of a laptop, %s is not called', async (url, why) => {
  expect(await outcomeOf(url, false)).toBe(why);
});
