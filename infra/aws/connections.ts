import type { Saga } from '../../engine/saga/saga.ts';
import { isProduction } from './imports.ts';
import { needsOf } from './needs.ts';

type Definition = {
  readonly handler: string;
  reservedConcurrency?: number;
  readonly events?: readonly Readonly<Partial<Record<'rabbitmq' | 'http' | 'schedule', unknown>>>[];
};

/**
 * The default connection limit of one broker node: one of the cluster's three nodes may have to take all connections.
 * `templates/broker.yml` has the instance types.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-limits-configuration.html
 */
const connectionLimitOf = (stage: string): number => (isProduction(stage) ? 500 : 100);

/**
 * The share of the limit that functions and mappings get. The rest is for operators, and for environments that a
 * deployment has replaced: the broker takes up to half a minute to miss their heartbeats.
 */
const SHARE = 0.8;

/** An assumption: AWS does not document how many connections a mapping's pollers hold, and a poller may be replaced. */
const CONNECTIONS_PER_MAPPING = 2;

/**
 * Every environment of a function that talks to the broker holds one connection, or as many as its needs say, so each such
 * function has reserved concurrency. Those without a setting, the ones that answer customers, get equal shares of what is left.
 *
 * @returns the reserved concurrency of each of these
 * @throws Error if nothing is left for them
 */
export function shareConnections(
  saga: Saga,
  functions: Readonly<Record<string, Definition>>,
  stage: string,
): number {
  const connected = Object.entries(functions).flatMap(([name, definition]) => {
    const { broker, connections = 1 } = needsOf(saga, name, definition.handler);
    return broker === 'publish' || broker === 'consume' ? [{ definition, connections }] : [];
  });
  const open = connected
    .map(({ definition }) => definition)
    .filter(({ reservedConcurrency }) => reservedConcurrency === undefined);
  const reserved = connected.reduce(
    (sum, { definition, connections }) => sum + (definition.reservedConcurrency ?? 0) * connections,
    0,
  );
  const mappings = connected.flatMap(({ definition: { events = [] } }) =>
    events.filter(({ rabbitmq }) => rabbitmq),
  ).length;
  const budget = Math.floor(connectionLimitOf(stage) * SHARE);
  const each = Math.floor((budget - reserved - mappings * CONNECTIONS_PER_MAPPING) / open.length);
  if (each < 1) {
    throw new Error(
      `${mappings} event source mappings and the reserved concurrency leave none of the broker's ${budget} ` +
        'connections to the API: use fewer QUEUE_SHARDS or a larger broker',
    );
  }
  for (const definition of open) definition.reservedConcurrency = each;
  return each;
}
