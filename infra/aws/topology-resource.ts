import { createHash } from 'node:crypto';
import type { Saga } from '../../engine/saga/saga.ts';
import { configuredTopology } from '../broker/topology.ts';
import { usersOf } from '../broker/users.ts';
import type { Imports } from './imports.ts';

/**
 * CloudFormation calls the function again when one of these properties changes: the topology and the users by their digest,
 * the broker, or a secret. The function reads none of them, only its own environment.
 */
export function topologyResource(
  saga: Saga,
  { amqpUrl, adminSecret, secretOf }: Imports,
  retryDelays: string,
  shards: string,
) {
  const topology = configuredTopology(saga, { RETRY_DELAYS: retryDelays, QUEUE_SHARDS: shards });
  const users = usersOf(saga);
  const digest = createHash('sha256')
    .update(JSON.stringify([topology, users]))
    .digest('hex');
  return {
    Type: 'Custom::BrokerTopology',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': ['TopologyLambdaFunction', 'Arn'] },
      ServiceTimeout: 300,
      Digest: digest,
      Broker: amqpUrl,
      AdminSecret: adminSecret,
      Secrets: Object.fromEntries(users.map(({ name }) => [name, secretOf(name)])),
    },
  };
}
