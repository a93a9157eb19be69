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
  /** What was held back passes again, as when a frozen environment or a network comes back to life. */
  thaw(): void;
  /** Closes what is open, as a peer does that has waited in vain for a heartbeat. */
  cut(): void;
  end(): Promise<void>;
}

/** Sees what a client sends, and may do to its connection what the proxy can do to all. */
export type Watcher = (sent: Buffer, connection: { freeze(): void; cut(): void }) => void;

export async function startProxy(
  target: { readonly host: string; readonly port: number },
  watch: Watcher = () => {},
): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const frozen = new Set<readonly [Socket, Socket]>();
  let count = 0;
  const freeze = (pair: readonly [Socket, Socket]) => {
    const [client, upstream] = pair;
    client.unpipe(upstream).pause();
    upstream.unpipe(client).pause();
    frozen.add(pair);
  };
  const server = createServer((client) => {
    count += 1;
    const upstream = connect(target);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.pipe(upstream).pipe(client);
    client.on('data', (sent) => watch(sent, { freeze: () => freeze(pair), cut: () => client.destroy() }));
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
      for (const pair of pairs) freeze(pair);
    },
    thaw: () => {
      for (const [client, upstream] of frozen) client.pipe(upstream).pipe(client);
      frozen.clear();
    },
    cut,
    end: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}
