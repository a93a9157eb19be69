import { randomUUID } from 'node:crypto';
import amqp, { type Options } from 'amqplib';
import { inject } from 'vitest';
import { startProxy, type TcpProxy } from '../proxy.ts';

/** The broker for a test: with this run's own queues, and a proxy that can break connections. */
export type TestBroker = {
  readonly url: string;
  /** Goes through the proxy. */
  readonly proxiedUrl: string;
  readonly proxy: TcpProxy;
  readonly prefix: string;
  readonly publish: (
    queue: string,
    bodies: readonly (string | Buffer)[],
    options?: Options.Publish,
  ) => Promise<void>;
  readonly createQueue: (queue: string, extraArguments?: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly deleteQueue: (queue: string) => Promise<void>;
  readonly count: (queue: string) => Promise<{ messageCount: number; consumerCount: number }>;
  /** Cuts every connection through the proxy and returns their number. */
  readonly cutConnections: () => number;
  readonly close: () => Promise<void>;
};

export async function openTestBroker(): Promise<TestBroker> {
  const url = inject('rabbitmqUrl');
  const prefix = `event-source-test-${randomUUID()}`;
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const { hostname, port } = new URL(url);
  const proxy = await startProxy({ host: hostname, port: Number(port || 5672) });
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${proxy.port}`;
  const queues = new Set<string>();
  const nameOf = (queue: string): string => `${prefix}.${queue}`;
  const deleteQueue = async (queue: string): Promise<void> => {
    queues.delete(queue);
    await channel.deleteQueue(nameOf(queue));
  };
  return {
    url,
    proxiedUrl: proxied.href,
    proxy,
    prefix,
    deleteQueue,
    createQueue: async (queue, extraArguments) => {
      queues.add(queue);
      const queueArguments = { 'x-queue-type': 'quorum', ...extraArguments };
      await channel.assertQueue(nameOf(queue), { durable: true, arguments: queueArguments });
    },
    publish: async (queue, bodies, options) => {
      for (const body of bodies)
        channel.sendToQueue(nameOf(queue), Buffer.from(body), { persistent: true, ...options });
      await channel.waitForConfirms();
    },
    count: (queue) => channel.checkQueue(nameOf(queue)),
    cutConnections: () => {
      const connections = proxy.open();
      proxy.cut();
      return connections;
    },
    close: async () => {
      await proxy.end();
      for (const queue of queues) await deleteQueue(queue);
      await channel.close();
      await connection.close();
    },
  };
}
