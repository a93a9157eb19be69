import { connect, createServer, type Server, type Socket } from 'node:net';
import { startProxy } from '../proxy.ts';

/** What a server does that cannot be relied on. `slow to end`: its answer begins at once, and comes a byte at a time. */
export const httpFaults = ['mute', 'slow to begin', 'slow to end', 'reset', 'closed'] as const;
export type HttpFault = (typeof httpFaults)[number];

/** An address, and what takes it away. */
export interface Outside {
  readonly url: string;
  readonly end: () => Promise<void>;
}

const BYTE_EVERY_MS = 200;
const opening = {
  'slow to begin': '',
  'slow to end': 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n',
};
const answer = 'HTTP/1.1 200 OK\r\nX-Slow: '.padEnd(10_000, 'a');

export async function startHttp(fault: HttpFault): Promise<Outside> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    if (fault === 'reset') socket.resetAndDestroy();
    if (fault === 'slow to begin' || fault === 'slow to end') dribble(socket, opening[fault]);
    socket.resume();
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  if (fault !== 'closed') return { url, end: () => close(server, sockets) };
  await close(server, sockets);
  return { url, end: async () => {} };
}

function dribble(socket: Socket, begin: string): void {
  socket.once('data', () => {
    socket.write(begin);
    let sent = 0;
    const timer = setInterval(() => {
      socket.write(begin === '' ? (answer[sent] ?? 'a') : ' ');
      sent += 1;
    }, BYTE_EVERY_MS);
    socket.on('close', () => clearInterval(timer));
  });
}

export const amqpFaults = ['mute', 'slow', 'cut'] as const;
export type AmqpFault = (typeof amqpFaults)[number];

/** Class and method. https://www.rabbitmq.com/amqp-0-9-1-reference */
const methods = {
  'channel.open': [20, 10],
  'channel.close': [20, 40],
  'confirm.select': [85, 10],
  'queue.declare': [50, 10],
  'basic.qos': [60, 10],
  'basic.consume': [60, 20],
  'basic.cancel': [60, 30],
  'basic.publish': [60, 40],
  'basic.get': [60, 70],
} as const;

/** From where on the broker cannot be relied on: from the start, or from what it is asked then. */
export type Point = 'connect' | keyof typeof methods;

/** The broker at this URL, behind a proxy that plays the fault. */
export async function startAmqp(broker: string, point: Point, fault: AmqpFault): Promise<Outside> {
  const url = new URL(broker);
  const target = { host: url.hostname, port: Number(url.port || 5672) };
  const asked = point === 'connect' ? undefined : Buffer.from(methods[point].flatMap((part) => [0, part]));
  const isReached = (sent: Buffer) => asked !== undefined && sent.includes(asked);
  if (fault === 'slow') {
    const { port, end } = await startSlow(target, asked === undefined ? () => true : isReached);
    url.host = `127.0.0.1:${port}`;
    return { url: url.href, end };
  }
  const proxy = await startProxy(target, (sent, connection) => {
    if (!isReached(sent)) return;
    if (fault === 'mute') connection.freeze();
    else connection.cut();
  });
  if (asked === undefined) proxy.admit(fault === 'mute' ? 'silence' : 'refuse');
  url.host = `127.0.0.1:${proxy.port}`;
  return { url: url.href, end: () => proxy.end() };
}

/** Slower than any limit for an answer, and never silent for as long as a limit for silence. */
const AMQP_BYTE_EVERY_MS = 500;

/** Passes on what the client says. What the broker answers it passes on a byte at a time, once `isReached`. */
async function startSlow(
  target: { readonly host: string; readonly port: number },
  isReached: (sent: Buffer) => boolean,
): Promise<{ readonly port: number; readonly end: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    let isSlow = false;
    let held = Buffer.alloc(0);
    const timer = setInterval(() => {
      if (held.length > 0) client.write(held.subarray(0, 1));
      held = held.subarray(1);
    }, AMQP_BYTE_EVERY_MS);
    client.on('data', (sent) => {
      isSlow ||= isReached(sent);
      upstream.write(sent);
    });
    upstream.on('data', (answer) => {
      if (isSlow) held = Buffer.concat([held, answer]);
      else client.write(answer);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          clearInterval(timer);
          other.destroy();
        });
    }
  });
  return { port: await listen(server), end: () => close(server, sockets) };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const close = (server: Server, sockets: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
