import { AUDIT_PREFIX } from '../../../engine/saga/audit-index.ts';
import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import type { Json, Resource, Resources } from './template.ts';

/** The names of what exports the audit, which alarms watch. */
export const auditExportName = ({ name }: Pick<Saga, 'name'>, stage: string): string =>
  `${name}-${stage}-audit`;
export const auditPipeName = (saga: Pick<Saga, 'name'>, stage: string, service: string): string =>
  `${auditExportName(saga, stage)}-${service}`;
export const auditQueueName = (saga: Pick<Saga, 'name'>, stage: string): string =>
  `${auditExportName(saga, stage)}-not-exported`;

/** LocalStack without an account has no pipes. */
export const exportConditions: { readonly [name: string]: Json } = {
  IsExported: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Stage' }, 'localstack'] }] },
};
export const exportParameters: { readonly [name: string]: Json } = {
  AuditDays: { Type: 'Number', Default: 400, MinValue: 1, MaxValue: 36500 },
};

const STAGE = `\${Stage}`;
const Condition = 'IsExported';
/** A day has so many seconds; a stream keeps a record for one. */
const HALF_A_DAY_SECONDS = 43_200;
const TWO_WEEKS_SECONDS = 1_209_600;

/**
 * Every entry of the audit, and whatever is written over one, goes from the tables' streams to a bucket where nobody can change
 * or delete it, in production for AuditDays. No code of ours is on the way: a pipe for each table picks out the entries by their
 * keys, and Firehose writes them, one a line.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
 */
export const auditExport = (saga: Saga, tableIdOf: (service: string) => string): Resources => ({
  AuditBucket: bucket(saga),
  AuditBucketPolicy: bucketPolicy,
  AuditDelivery: delivery(saga),
  AuditDeliveryRole: roleFor('firehose.amazonaws.com', [
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload'], Resource: inBucket('/*') },
    {
      Effect: 'Allow',
      Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      Resource: inBucket(''),
    },
  ]),
  AuditNotExported: {
    Type: 'AWS::SQS::Queue',
    Condition,
    Properties: {
      QueueName: { 'Fn::Sub': auditQueueName(saga, STAGE) },
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: TWO_WEEKS_SECONDS,
    },
  },
  AuditPipeRole: roleFor('pipes.amazonaws.com', [
    {
      Effect: 'Allow',
      Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      Resource: saga.services.map((service) => streamOf(tableIdOf(service))),
    },
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html takes no stream for it.
    {
      Effect: 'Allow',
      Action: ['dynamodb:ListStreams'],
      Resource: '*',
    },
    { Effect: 'Allow', Action: ['firehose:PutRecordBatch'], Resource: attribute('AuditDelivery', 'Arn') },
    { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: attribute('AuditNotExported', 'Arn') },
  ]),
  ...Object.fromEntries(
    saga.services.map((service) => [
      `${pascalCase(service)}AuditPipe`,
      pipe(saga, service, streamOf(tableIdOf(service))),
    ]),
  ),
});

const attribute = (id: string, name: string): Json => ({ 'Fn::GetAtt': [id, name] });
const streamOf = (tableId: string): Json => attribute(tableId, 'StreamArn');
const inBucket = (path: string): Json => ({ 'Fn::Sub': `\${AuditBucket.Arn}${path}` });

const bucket = (saga: Saga): Resource => ({
  Type: 'AWS::S3::Bucket',
  Condition,
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    // Names of buckets are the whole world's.
    BucketName: { 'Fn::Sub': `${auditExportName(saga, STAGE)}-\${AWS::AccountId}-\${AWS::Region}` },
    VersioningConfiguration: { Status: 'Enabled' },
    ObjectLockEnabled: true,
    // In COMPLIANCE nobody can shorten it, not even the account's owner. Elsewhere a stage has to be removable.
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: {
        'Fn::If': [
          'IsProduction',
          { DefaultRetention: { Mode: 'COMPLIANCE', Days: { Ref: 'AuditDays' } } },
          { Ref: 'AWS::NoValue' },
        ],
      },
    },
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'kept-long-enough',
          Status: 'Enabled',
          ExpirationInDays: { Ref: 'AuditDays' },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
      ],
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  },
});

const bucketPolicy: Resource = {
  Type: 'AWS::S3::BucketPolicy',
  Condition,
  Properties: {
    Bucket: { Ref: 'AuditBucket' },
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [inBucket(''), inBucket('/*')],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
};

const delivery = (saga: Saga): Resource => ({
  Type: 'AWS::KinesisFirehose::DeliveryStream',
  Condition,
  Properties: {
    DeliveryStreamName: { 'Fn::Sub': auditExportName(saga, STAGE) },
    DeliveryStreamType: 'DirectPut',
    DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
    ExtendedS3DestinationConfiguration: {
      BucketARN: attribute('AuditBucket', 'Arn'),
      RoleARN: attribute('AuditDeliveryRole', 'Arn'),
      Prefix: 'audit/!{timestamp:yyyy/MM/dd}/',
      ErrorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
      BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 5 },
      CompressionFormat: 'GZIP',
      // Firehose puts nothing between records by itself.
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'AppendDelimiterToRecord',
            Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }],
          },
        ],
      },
    },
  },
});

const pipe = (saga: Saga, service: string, stream: Json): Resource => ({
  Type: 'AWS::Pipes::Pipe',
  Condition,
  Properties: {
    Name: { 'Fn::Sub': auditPipeName(saga, STAGE, service) },
    RoleArn: attribute('AuditPipeRole', 'Arn'),
    Source: stream,
    SourceParameters: {
      FilterCriteria: {
        Filters: [
          {
            // What deletes an entry when it has expired has no new image.
            Pattern: JSON.stringify({
              eventName: ['INSERT', 'MODIFY'],
              dynamodb: { Keys: { pk: { S: [{ prefix: AUDIT_PREFIX }] } } },
            }),
          },
        ],
      },
      DynamoDBStreamParameters: {
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 5,
        MaximumRecordAgeInSeconds: HALF_A_DAY_SECONDS,
        OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
        DeadLetterConfig: { Arn: attribute('AuditNotExported', 'Arn') },
      },
    },
    Target: attribute('AuditDelivery', 'Arn'),
  },
});

/** For one of AWS's services, on behalf of this account alone. */
const roleFor = (service: string, statements: readonly Json[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Condition,
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: service },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    },
    Policies: [{ PolicyName: 'exports', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
