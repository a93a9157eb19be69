import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unhindered } from '../support/one-way.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';

/**
 * Goal: what the proxy does to a connection is what a network does, and nothing else: no byte is lost, changed or
 * reordered. Method: an echo server behind it, and everything sent compared with everything received.
 */
let server: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await startProxy({ host: '127.0.0.1', port: address.port });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.end();
  server.close();
});

async function dial() {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const received: Buffer[] = [];
  const state = { error: '', isClosed: false };
  socket.on('data', (chunk) => received.push(chunk));
  socket.on('error', (error) => {
    state.error = 'code' in error ? String(error.code) : error.message;
  });
  socket.on('close', () => {
    state.isClosed = true;
  });
  await once(socket, 'connect');
  const echoed = () => Buffer.concat(received);
  const until = async (length: number) => {
    while (echoed().length < length && !state.isClosed) await delay(5);
    return echoed();
  };
  return { socket, state, echoed, until };
}

describe('the proxy', () => {
  test('passes megabytes in both directions as they are', async () => {
    const { socket, until } = await dial();
    const sent = randomBytes(5_000_000);
    socket.write(sent);
    expect((await until(sent.length)).equals(sent)).toBe(true);
  });

  test('slowed down, takes its time and loses nothing; a new pace does not reorder what is under way', async () => {
    const { socket, until } = await dial();
    proxy.slow({ latencyMs: 100, bytesPerSecond: 400_000 });
    const sent = randomBytes(100_000);
    const begin = performance.now();
    socket.write(sent.subarray(0, 80_000));
    await delay(150);
    proxy.slow(unhindered);
    socket.write(sent.subarray(80_000));
    expect((await until(sent.length)).equals(sent)).toBe(true);
    expect(performance.now() - begin).toBeGreaterThan(200);
  });

  test('frozen, holds everything back and stays connected; thawed, passes all of it', async () => {
    const { socket, state, echoed, until } = await dial();
    socket.write('before ');
    await until(7);
    proxy.freeze();
    socket.write('meanwhile');
    await delay(100);
    expect(echoed().toString()).toBe('before ');
    expect(state.isClosed).toBe(false);
    proxy.thaw();
    expect((await until(16)).toString()).toBe('before meanwhile');
  });

  test('refuses or ignores new connections, and lets them be again', async () => {
    proxy.admit('refuse');
    const refused = await dial().catch(() => undefined);
    while (refused !== undefined && !refused.state.isClosed) await delay(5);
    proxy.admit('silence');
    const ignored = await dial();
    ignored.socket.write('hello?');
    await delay(100);
    expect(ignored.echoed()).toHaveLength(0);
    expect(ignored.state.isClosed).toBe(false);
    proxy.admit('pass');
    const well = await dial();
    well.socket.write('hello');
    expect((await well.until(5)).toString()).toBe('hello');
    proxy.cut();
    while (!ignored.state.isClosed || !well.state.isClosed) await delay(5);
  });

  test('passes an end on only after what came before it', async () => {
    const { socket, state, until } = await dial();
    proxy.slow({ latencyMs: 50, bytesPerSecond: 1_000_000 });
    socket.end('the last words');
    expect((await until(14)).toString()).toBe('the last words');
    while (!state.isClosed) await delay(5);
    expect(state.error).toBe('');
  });
});
