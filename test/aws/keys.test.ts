import { describe, expect, test } from 'vitest';
import { inStage } from '../support/aws/in-stage.ts';
import { broker, functions, propertiesOf, shortName, template } from '../support/aws/production.ts';

/** Goal: in production nobody reads secrets and logs without a key that is ours. Method: reads the templates. */
const secretsIn = (stage: string) =>
  propertiesOf('AWS::SecretsManager::Secret', inStage(broker, stage)).map(([, { KmsKeyId }]) => KmsKeyId);

describe('in production', () => {
  test('every secret has our key, which outlives the stack as the secrets do', () => {
    const keys = secretsIn('prod');
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) expect(key).toEqual({ Ref: 'SecretsKey' });
    expect(broker.Resources.SecretsKey).toMatchObject({
      ...{ Condition: 'IsProduction', DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
    });
  });

  test('who may read a secret may use its key, through Secrets Manager alone; nobody else may', () => {
    const roles = Object.fromEntries(propertiesOf('AWS::IAM::Role'));
    for (const [, properties] of functions()) {
      const statements: readonly { readonly Action: readonly string[] }[] =
        roles[properties.Role['Fn::GetAtt'][0]]?.Policies[0].PolicyDocument.Statement;
      const reads = statements.some(({ Action }) => Action.includes('secretsmanager:GetSecretValue'));
      const keys = statements.filter(({ Action }) => Action.some((each) => each.startsWith('kms:')));
      expect(keys, shortName(properties)).toEqual(
        reads
          ? [
              {
                Effect: 'Allow',
                Action: ['kms:Decrypt'],
                Resource: { 'Fn::ImportValue': 'order-saga-prod-SecretsKeyArn' },
                Condition: {
                  StringEquals: {
                    'kms:ViaService': { 'Fn::Sub': `secretsmanager.\${AWS::Region}.amazonaws.com` },
                  },
                },
              },
            ]
          : [],
      );
    }
  });

  test('every log has our key, which CloudWatch may use for these logs only', () => {
    const groups = propertiesOf('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(functions().length + 1);
    for (const [name, { KmsKeyId }] of groups)
      expect(KmsKeyId, name).toEqual({ 'Fn::GetAtt': ['LogsKey', 'Arn'] });
    const [[, { KeyPolicy }] = ['', { KeyPolicy: {} }]] = propertiesOf('AWS::KMS::Key').filter(
      ([name]) => name === 'LogsKey',
    );
    const [, { Principal, Condition }] = KeyPolicy.Statement;
    expect(Principal).toEqual({ Service: { 'Fn::Sub': `logs.\${AWS::Region}.amazonaws.com` } });
    const named = [...JSON.stringify(Condition).matchAll(/log-group:([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(groups.map(([, { LogGroupName }]) => LogGroupName)));
  });

  test('every key is rotated', () => {
    for (const from of [template, broker]) {
      for (const [name, { EnableKeyRotation }] of propertiesOf('AWS::KMS::Key', from))
        expect(EnableKeyRotation, name).toBe(true);
    }
  });

  // RabbitMQ's data has a key of AWS: Amazon MQ takes no other for it.
  test('the broker has no key that Amazon MQ would refuse', () => {
    expect(broker.Resources.Broker?.Properties).not.toHaveProperty('EncryptionOptions');
  });
});

test('any other stage pays for no key but the one of its alarms', () => {
  expect(new Set(secretsIn('dev'))).toEqual(new Set([undefined]));
  expect(propertiesOf('AWS::KMS::Key', inStage(broker, 'dev')).map(([name]) => name)).toEqual(['AlarmsKey']);
});
