import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can do to its connections what networks do to them. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections have been opened so far. */
  opened(): number;
  /** How many are open now. */
  open(): number;
  /** Both ends stay connected, and nothing passes any more: a half-open connection. New ones are well. */
  freeze(): void;
  /** Closes what is open, as a peer does that has waited in vain for a heartbeat. */
  cut(): void;
  end(): Promise<void>;
}

export async function startProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const upstream = connect(target);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.pipe(upstream).pipe(client);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = () => {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    opened: () => count,
    open: () => pairs.size,
    freeze: () => {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).pause();
        upstream.unpipe(client).pause();
      }
    },
    cut,
    end: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}
