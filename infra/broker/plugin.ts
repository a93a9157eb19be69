import { parseQueueShards, type QueueShards } from '../../engine/saga/queue-shards.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { application } from '../application.ts';
import { queuesOf } from './shards.ts';

type Event = { rabbitmq?: { queue: string } | undefined; readonly http?: unknown };
export type Definition = {
  reservedConcurrency?: number | undefined;
  events?: Event[] | undefined;
};

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly service: {
    readonly functions: Readonly<Record<string, Definition>>;
    readonly provider: { readonly environment?: { readonly QUEUE_SHARDS?: string } };
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};

/** serverless.yml names one queue for each service. This replaces it by its shards if QUEUE_SHARDS sets any. */
export default class ShardsPlugin {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    const { service, classes } = serverless;
    this.hooks = {
      initialize: () => {
        try {
          shardEvents(
            service.functions,
            parseQueueShards(application, service.provider.environment?.QUEUE_SHARDS),
            application,
          );
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new classes.Error(`QUEUE_SHARDS cannot be used: ${reason}.`, 'QUEUE_SHARDS');
        }
      },
    };
  }
}

/** Turns the event of a sharded queue into one for each shard, and raises the concurrency so all can run at once. */
export function shardEvents(
  functions: Readonly<Record<string, Definition>>,
  shards: QueueShards,
  { services }: Saga,
): void {
  for (const definition of Object.values(functions)) {
    definition.events = definition.events?.flatMap((event) => {
      const { rabbitmq } = event;
      const service = rabbitmq && services.find((each) => queueOf(each) === rabbitmq.queue);
      if (service === undefined) return [event];
      const queues = queuesOf(service, shards);
      if (definition.reservedConcurrency !== undefined) definition.reservedConcurrency += queues.length - 1;
      return queues.map((queue) => ({ ...event, rabbitmq: { ...rabbitmq, queue } }));
    });
  }
}
