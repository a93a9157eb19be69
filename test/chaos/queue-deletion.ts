import amqp from 'amqplib';
import { application } from '../../infra/application.ts';
import { applyTopology } from '../../infra/broker/apply.ts';
import { configuredTopology } from '../../infra/broker/topology.ts';
import type { Stage } from './stage.ts';

/** Somebody deletes a queue by mistake. */
export async function deleteQueue({ world, deletions }: Stage, queue: string): Promise<void> {
  const connection = await amqp.connect(world.system.urls.rabbitmq, { timeout: 5_000 });
  connection.on('error', () => {});
  try {
    const channel = await connection.createChannel();
    // Until the broker has answered, nobody knows whether it is gone, and what with it.
    const deletion = {
      queue,
      atMs: performance.now(),
      againAtMs: Number.POSITIVE_INFINITY,
      messages: Number.POSITIVE_INFINITY,
    };
    deletions.push(deletion);
    deletion.messages = (await channel.deleteQueue(queue)).messageCount;
  } finally {
    await connection.close().catch(() => {});
  }
}

const tries = 3;

/** As a deployment does it. Where that fails, as the broker may close its connection, an operator deploys again. */
export async function makeQueuesAgain({ world, deletions }: Stage): Promise<void> {
  const { RETRY_DELAYS } = world.system.environment;
  const topology = configuredTopology(application, { RETRY_DELAYS, QUEUE_SHARDS: undefined });
  for (let tried = 1; ; tried += 1) {
    try {
      await applyTopology(world.system.urls.rabbitmq, topology);
      break;
    } catch (error) {
      if (tried === tries) throw error;
    }
  }
  for (const deletion of deletions) deletion.againAtMs = Math.min(deletion.againAtMs, performance.now());
}
