import { createHash } from 'node:crypto';
import type { Saga } from '../../engine/saga/saga.ts';
import { configuredTopology } from '../broker/topology.ts';
import { usersOf } from '../broker/users.ts';
import type { Imports } from './imports.ts';
import type { Json } from './templates/template.ts';

/** The digest changes with the topology and the users, so CloudFormation then updates the resource. */
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
 * The event for a call by hand, which applies the topology again after a password was changed. It is an output, because
 * only CloudFormation knows the names in it.
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
    Description: 'The event for a call of the function topology by hand',
    Value: { 'Fn::Sub': [event, values] as const },
  };
}

/** Fn::Sub takes no dash in a variable's name. */
const variableOf = (service: string): string =>
  service.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const filledIn = (name: string): Json => `\${${name}}`;

/** The properties that infra/aws/topology/handler.ts reads. */
const propertiesWith = (
  saga: Saga,
  { amqpUrl, adminSecret, secretOf }: Pick<Imports, 'amqpUrl' | 'adminSecret' | 'secretOf'>,
) => ({ AmqpUrl: amqpUrl, AdminSecret: adminSecret, Secrets: secretsOf(saga, secretOf) });

/** Each user's secret, by the user's name. */
const secretsOf = (saga: Saga, secretOf: Imports['secretOf']) =>
  Object.fromEntries(usersOf(saga).map(({ name }) => [name, secretOf(name)]));
