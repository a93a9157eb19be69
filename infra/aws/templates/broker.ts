import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { messageSizeSetting } from '../../broker/message-size.ts';
import { secretsOf } from '../../functions/variables.ts';
import { exported } from './exported.ts';
import { networkOf, subnetOutputs } from './network.ts';
import { type Json, type Resource, readTemplate, type Template } from './template.ts';

/** The id of the secret with a service's broker password, in the template and in the stack's exports. */
export const brokerSecretOf = (service: string): string => `${pascalCase(service)}BrokerSecret`;

/** The id of a secret for calls to the outside: `stripe` is StripeSecret. */
export const outsideSecretOf = (secret: string): string => `${pascalCase(secret)}Secret`;

/** In broker.yml, because the broker is made with it. */
const ADMINISTRATOR_SECRET = 'BrokerAdminSecret';

/** The stack of the network, the broker, and the secrets of a saga's participants. */
export function brokerTemplate(saga: Saga): Template {
  const once = readTemplate('broker.yml');
  const secrets = Object.fromEntries([
    ...saga.services.map((service) => [brokerSecretOf(service), passwordOf(service)] as const),
    ...secretsOf(saga).map((secret) => [outsideSecretOf(secret), keyOf(secret)] as const),
  ]);
  const exports = Object.keys(secrets).map((id) => [id, exported(saga, id)] as const);
  const network = networkOf(saga, [ADMINISTRATOR_SECRET, ...Object.keys(secrets)]);
  return {
    ...once,
    Resources: { ...once.Resources, ...network, BrokerConfiguration: configuration, ...secrets },
    Outputs: { ...once.Outputs, ...subnetOutputs(saga), ...Object.fromEntries(exports) },
  };
}

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/configure-resource-limits.html */
const configuration: Resource = {
  Type: 'AWS::AmazonMQ::Configuration',
  Properties: {
    Name: { 'Fn::Sub': `order-saga-\${Stage}` },
    EngineType: 'RABBITMQ',
    EngineVersion: '4.2',
    Data: { 'Fn::Base64': messageSizeSetting },
  },
};

const passwordOf = (service: string): Resource =>
  keptSecret(`RabbitMQ's user ${service}`, {
    SecretStringTemplate: JSON.stringify({ username: service }),
    GenerateStringKey: 'password',
    ...GENERATED,
  });

/** CloudFormation fills it with a random key: replace that with the real one. */
const keyOf = (secret: string): Resource => keptSecret(`${pascalCase(secret)}'s secret key`, GENERATED);

const GENERATED = { PasswordLength: 40, ExcludePunctuation: true };

const keptSecret = (description: string, generated: Json): Resource => ({
  Type: 'AWS::SecretsManager::Secret',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: { Description: description, KmsKeyId: secretsKey, GenerateSecretString: generated },
});

/** Production has a key of its own. Elsewhere AWS's own, which is free, does. */
const secretsKey: Json = { 'Fn::If': ['IsProduction', { Ref: 'SecretsKey' }, { Ref: 'AWS::NoValue' }] };
