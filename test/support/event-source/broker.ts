import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import amqp, { type ChannelModel, type ConfirmChannel, type Options } from 'amqplib';
import { inject } from 'vitest';

/** The broker under test, seen from the test's side: queues of this run only, and a proxy whose connections can be cut. */
export type TestBroker = {
  readonly url: string;
  /** Goes through the proxy. */
  readonly proxiedUrl: string;
  readonly prefix: string;
  readonly publish: (
    queue: string,
    bodies: readonly (string | Buffer)[],
    options?: Options.Publish,
  ) => Promise<void>;
  readonly createQueue: (queue: string) => Promise<void>;
  readonly deleteQueue: (queue: string) => Promise<void>;
  readonly count: (queue: string) => Promise<{ messageCount: number; consumerCount: number }>;
  /** Breaks every connection through the proxy as a pulled cable would, and says how many. */
  readonly cutConnections: () => number;
  readonly close: () => Promise<void>;
};

export async function openTestBroker(): Promise<TestBroker> {
  const url = inject('rabbitmqUrl');
  const prefix = `event-source-test-${randomUUID()}`;
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const proxy = await openProxy(url);
  const queues = new Set<string>();
  const nameOf = (queue: string): string => `${prefix}.${queue}`;
  const deleteQueue = async (queue: string): Promise<void> => {
    queues.delete(queue);
    await channel.deleteQueue(nameOf(queue));
  };
  return {
    url,
    proxiedUrl: proxy.url,
    prefix,
    deleteQueue,
    createQueue: async (queue) => {
      queues.add(queue);
      await channel.assertQueue(nameOf(queue), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    },
    publish: async (queue, bodies, options) => {
      for (const body of bodies)
        channel.sendToQueue(nameOf(queue), Buffer.from(body), { persistent: true, ...options });
      await channel.waitForConfirms();
    },
    count: (queue) => channel.checkQueue(nameOf(queue)),
    cutConnections: proxy.cut,
    close: async () => {
      await proxy.close();
      for (const queue of queues) await deleteQueue(queue);
      await closeAll(channel, connection);
    },
  };
}

async function closeAll(channel: ConfirmChannel, connection: ChannelModel): Promise<void> {
  await channel.close();
  await connection.close();
}

async function openProxy(
  url: string,
): Promise<{ url: string; cut: () => number; close: () => Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((downstream) => {
    const upstream = connect(Number(target.port || 5672), target.hostname);
    for (const [from, to] of [
      [downstream, upstream],
      [upstream, downstream],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true).pipe(to);
      from
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${address.port}`;
  const cut = (): number => {
    const connections = sockets.size / 2;
    for (const socket of sockets) socket.destroy();
    return connections;
  };
  return {
    url: proxied.href,
    cut,
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
