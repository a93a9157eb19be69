import { createHash } from 'node:crypto';
import type { Saga } from '../../engine/saga/saga.ts';
import { configuredTopology } from '../broker/topology.ts';
import { usersOf } from '../broker/users.ts';
import type { Imports } from './imports.ts';
import type { Json } from './templates/template.ts';

/** Updated whenever what it would apply has changed, which is what the digest is for. */
export function topologyResource(saga: Saga, imports: Imports, retryDelays: string, shards: string) {
  const topology = configuredTopology(saga, { RETRY_DELAYS: retryDelays, QUEUE_SHARDS: shards });
  const digest = createHash('sha256')
    .update(JSON.stringify([topology, usersOf(saga)]))
    .digest('hex');
  return {
    Type: 'Custom::BrokerTopology',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': ['TopologyLambdaFunction', 'Arn'] },
      ServiceTimeout: 300,
      ...propertiesWith(saga, imports),
      Digest: digest,
    },
  };
}

/**
 * What the function is called with by hand, to apply the same once more: a password was changed. An output, because
 * the names in it are known to CloudFormation alone.
 */
export function topologyEvent(saga: Saga, { amqpUrl, adminSecret, secretOf }: Imports) {
  const secrets = Object.entries(secretsOf(saga, secretOf));
  const values = {
    ...{ amqpUrl, adminSecret },
    ...Object.fromEntries(secrets.map(([service, secret]) => [variableOf(service), secret])),
  };
  const properties = propertiesWith(saga, {
    amqpUrl: filledIn('amqpUrl'),
    adminSecret: filledIn('adminSecret'),
    secretOf: (service) => filledIn(variableOf(service)),
  });
  const event = JSON.stringify({ RequestType: 'Update', ResourceProperties: properties });
  return {
    Description: 'What the function topology is called with by hand',
    Value: { 'Fn::Sub': [event, values] as const },
  };
}

/** Fn::Sub takes no dash in a variable's name. */
const variableOf = (service: string): string =>
  service.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const filledIn = (name: string): Json => `\${${name}}`;

/** As infra/aws/topology/handler.ts reads them. */
const propertiesWith = (
  saga: Saga,
  { amqpUrl, adminSecret, secretOf }: Pick<Imports, 'amqpUrl' | 'adminSecret' | 'secretOf'>,
) => ({ AmqpUrl: amqpUrl, AdminSecret: adminSecret, Secrets: secretsOf(saga, secretOf) });

/** By the name of the user whose password it is. */
const secretsOf = (saga: Saga, secretOf: Imports['secretOf']) =>
  Object.fromEntries(usersOf(saga).map(({ name }) => [name, secretOf(name)]));
