import type { Saga } from '../../engine/saga/saga.ts';
import { needsOf } from './needs.ts';

type Definition = {
  readonly handler: string;
  reservedConcurrency?: number;
  readonly events?: readonly Readonly<Partial<Record<'rabbitmq' | 'http' | 'schedule', unknown>>>[];
};

/**
 * What a node of the stage's broker takes without another configuration; of the cluster's three one node may have to
 * take all. `templates/broker.yml` has the instances.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-limits-configuration.html
 */
const connectionLimitOf = (stage: string): number => (stage === 'prod' ? 500 : 100);

/**
 * So much of it is given away. A fifth is left for whoever looks on, and for environments that a deployment has
 * replaced: the broker misses their heartbeats for up to half a minute.
 */
const SHARE = 0.8;

/** A mapping's pollers: how many connections they hold is documented nowhere, and one may be replaced by another. */
const CONNECTIONS_PER_MAPPING = 2;

/**
 * Every environment of a function that talks to the broker holds one connection. So all of these functions have a
 * concurrency of their own: what is reserved for them, and for those that answer customers, where
 * nothing is, equal parts of what is left.
 *
 * @returns how many at once each of the latter may be
 * @throws Error if nothing is left for them
 */
export function shareConnections(
  saga: Saga,
  functions: Readonly<Record<string, Definition>>,
  stage: string,
): number {
  const connected = Object.entries(functions).flatMap(([name, definition]) => {
    const { broker } = needsOf(saga, name, definition.handler);
    return broker === 'publish' || broker === 'consume' ? [definition] : [];
  });
  const open = connected.filter(({ reservedConcurrency }) => reservedConcurrency === undefined);
  const reserved = connected.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
  const mappings = connected.flatMap(({ events = [] }) => events.filter(({ rabbitmq }) => rabbitmq)).length;
  const budget = Math.floor(connectionLimitOf(stage) * SHARE);
  const each = Math.floor((budget - reserved - mappings * CONNECTIONS_PER_MAPPING) / open.length);
  if (each < 1) {
    throw new Error(
      `${mappings} event source mappings and what else is reserved leave none of the broker's ${budget} connections ` +
        'to the API: take fewer QUEUE_SHARDS, or a larger broker',
    );
  }
  for (const definition of open) definition.reservedConcurrency = each;
  return each;
}
