import { rabbitmqctl } from '../support/broker-control.ts';
import type { Stage } from './stage.ts';

const policy = 'chaos-full';

/** Queues whose names match take no more than `length` messages; they are declared to reject what is beyond. */
export async function limitQueues(stage: Stage, pattern: string, length: number): Promise<void> {
  const definition = JSON.stringify({ 'max-length': length });
  await rabbitmqctl(stage, 'set_policy', policy, pattern, definition, '--apply-to', 'queues');
}

/**
 * Room for everything. Not without a limit: a queue whose limit is taken away forgets to tell whom it has refused,
 * channels and its own dead-letter workers. https://github.com/rabbitmq/rabbitmq-server/issues/12206
 */
export const unlimitQueues = (stage: Stage): Promise<void> => limitQueues(stage, '.*', 1_000_000);
