import type { Json } from './templates/template.ts';

type Resource = { Type: string; Properties: Record<string, unknown> };

/**
 * Encrypts the logs of functions and API with a key of their own, which CloudWatch may use for these groups only.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function encryptLogs(resources: Record<string, Resource>, stage: string): void {
  const groups = Object.values(resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
  const names = groups.map(({ Properties }) => String(Properties.LogGroupName));
  for (const { Properties } of groups) Properties.KmsKeyId = { 'Fn::GetAtt': ['LogsKey', 'Arn'] };
  resources.LogsKey = {
    Type: 'AWS::KMS::Key',
    Properties: {
      Description: `Logs of order-saga-${stage}`,
      EnableKeyRotation: true,
      KeyPolicy: { Version: '2012-10-17', Statement: [whoeverMayByRole, byCloudWatch(names)] },
    },
  };
}

/** In a key's own policy, Resource "*" means this key. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html */
const THIS_KEY = '*';

const whoeverMayByRole: Json = {
  Effect: 'Allow',
  Principal: { AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` } },
  Action: 'kms:*',
  Resource: THIS_KEY,
};

const byCloudWatch = (groups: readonly string[]): Json => ({
  Effect: 'Allow',
  Principal: { Service: { 'Fn::Sub': `logs.\${AWS::Region}.amazonaws.com` } },
  Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
  Resource: THIS_KEY,
  Condition: {
    ArnEquals: {
      'kms:EncryptionContext:aws:logs:arn': groups.map((name) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${name}`,
      })),
    },
  },
});
