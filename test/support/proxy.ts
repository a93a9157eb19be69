import { connect, createServer, type Socket } from 'node:net';
import { OneWay, type Pace, unhindered } from './one-way.ts';

/** What happens to a new connection. `silence`: it is accepted, but no bytes ever pass. */
export type Admission = 'pass' | 'refuse' | 'silence';

/** A TCP proxy that plays a network's faults. */
export interface TcpProxy {
  readonly port: number;
  /** The number of connections opened so far. */
  opened(): number;
  /** The number of connections open now. */
  open(): number;
  /** Both ends stay connected but no bytes pass: half-open connections. New connections work. */
  freeze(): void;
  /** The held bytes pass again, as after a frozen environment or a network recovers. */
  thaw(): void;
  /** Closes all open connections, like a peer that has missed a heartbeat. */
  cut(): void;
  /** Sends these bytes to the target on every open connection, as if its client had sent them. */
  inject(bytes: Buffer): void;
  /** Delays and throttles both directions of every present and new connection, until the next call. */
  slow(pace: Pace): void;
  admit(admission: Admission): void;
  end(): Promise<void>;
}

/** Sees the bytes that a client sends, and may freeze or cut its connection. */
export type Watcher = (sent: Buffer, connection: { freeze(): void; cut(): void }) => void;

interface Pair {
  readonly sockets: readonly [client: Socket, upstream: Socket];
  readonly ways: readonly [there: OneWay, back: OneWay];
}

export async function startProxy(
  target: { readonly host: string; readonly port: number },
  watch: Watcher = () => {},
): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const unanswered = new Set<Socket>();
  let count = 0;
  let pace = unhindered;
  let admission: Admission = 'pass';
  const freeze = ({ ways }: Pair) => {
    for (const way of ways) way.freeze();
  };
  const join = (client: Socket) => {
    const upstream = connect({ ...target, allowHalfOpen: true });
    const ways = [
      new OneWay(client, upstream, () => pace),
      new OneWay(upstream, client, () => pace),
    ] as const;
    const pair: Pair = { sockets: [client, upstream], ways };
    pairs.add(pair);
    client.on('data', (sent) => watch(sent, { freeze: () => freeze(pair), cut: () => client.destroy() }));
    for (const socket of pair.sockets) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        // After the sender's end, bytes under way still pass.
        if (!socket.readableEnded) for (const each of pair.sockets) each.destroy();
        if (pair.sockets.every(({ closed }) => closed)) pairs.delete(pair);
      });
    }
  };
  // An end is passed on only after all earlier bytes, which may be under way for a while.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    count += 1;
    if (admission === 'pass') join(client);
    else if (admission === 'refuse') client.on('error', () => {}).resetAndDestroy();
    else {
      unanswered.add(client);
      client.on('error', () => {}).on('end', () => client.destroy());
      client.on('close', () => unanswered.delete(client));
      client.resume();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = () => {
    for (const { sockets } of pairs) for (const socket of sockets) socket.destroy();
    for (const socket of unanswered) socket.destroy();
  };
  return {
    port: address.port,
    opened: () => count,
    open: () => pairs.size,
    freeze: () => {
      for (const pair of pairs) freeze(pair);
    },
    thaw: () => {
      for (const { ways } of pairs) for (const way of ways) way.thaw();
    },
    cut,
    inject: (bytes) => {
      for (const { sockets } of pairs) sockets[1].write(bytes);
    },
    slow: (next) => {
      pace = next;
    },
    admit: (next) => {
      admission = next;
    },
    end: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}
