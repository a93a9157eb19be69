import { createHash } from 'node:crypto';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import { parseQueueShards } from '../broker/shards.ts';
import { topologyOf } from '../broker/topology.ts';
import { users } from '../broker/users.ts';
import type { Imports, Json } from './imports.ts';

/** Updated whenever what it would apply has changed, which is what the digest is for. */
export function topologyResource(imports: Imports, retryDelays: string, shards: string) {
  const delays = parseRetryDelays(retryDelays || DEFAULT_RETRY_DELAYS);
  const topology = topologyOf(delays, parseQueueShards(shards));
  const digest = createHash('sha256')
    .update(JSON.stringify([topology, users]))
    .digest('hex');
  return {
    Type: 'Custom::BrokerTopology',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': ['TopologyLambdaFunction', 'Arn'] },
      ServiceTimeout: 300,
      ...propertiesWith(imports),
      Digest: digest,
    },
  };
}

/**
 * What the function is called with by hand, to apply the same once more: a password was changed. An output, because
 * the names in it are known to CloudFormation alone.
 */
export function topologyEvent({ amqpUrl, adminSecret, secretOf }: Imports) {
  const values = {
    amqpUrl,
    adminSecret,
    ...Object.fromEntries(users.map(({ name }) => [name, secretOf(name)])),
  };
  const properties = propertiesWith({
    amqpUrl: filledIn('amqpUrl'),
    adminSecret: filledIn('adminSecret'),
    secretOf: filledIn,
  });
  const event = JSON.stringify({ RequestType: 'Update', ResourceProperties: properties });
  return {
    Description: 'What the function topology is called with by hand',
    Value: { 'Fn::Sub': [event, values] as const },
  };
}

const filledIn = (name: string): Json => `\${${name}}`;

/** As infra/aws/topology/handler.ts reads them. */
const propertiesWith = ({
  amqpUrl,
  adminSecret,
  secretOf,
}: Pick<Imports, 'amqpUrl' | 'adminSecret' | 'secretOf'>) => ({
  AmqpUrl: amqpUrl,
  AdminSecret: adminSecret,
  Secrets: Object.fromEntries(users.map(({ name }) => [name, secretOf(name)])),
});
