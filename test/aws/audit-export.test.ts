import { expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { ofType, propertiesOf, tables } from '../support/aws/production.ts';

/** Goal: who did what outlives whoever did it. Method: reads the template of the tables and of what exports their entries. */
const only = (type: string) => {
  const [first, ...others] = propertiesOf(type, tables);
  expect(others).toEqual([]);
  return first?.[1] ?? {};
};

test('nobody can change or delete what is in the bucket, and in production not for as long as it is kept', () => {
  expect(only('AWS::S3::Bucket')).toMatchObject({
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      Rule: {
        'Fn::If': [
          'IsProduction',
          { DefaultRetention: { Mode: 'COMPLIANCE', Days: { Ref: 'AuditDays' } } },
          { Ref: 'AWS::NoValue' },
        ],
      },
    },
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: {
      ...{
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  });
});

test('the bucket is reached by TLS alone', () => {
  const [statement] = only('AWS::S3::BucketPolicy').PolicyDocument.Statement;
  expect(statement).toMatchObject({
    ...{ Effect: 'Deny', Principal: '*', Action: 's3:*' },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  expect(statement.Resource).toHaveLength(2);
});

// Fails where a pipe takes all of a stream: orders would be in a bucket that nobody can erase anything from.
test('each table’s entries, and nothing else of it, go there', () => {
  const pipes = propertiesOf('AWS::Pipes::Pipe', tables);
  expect(pipes.map(([, { Source }]) => Source)).toEqual(
    ofType('AWS::DynamoDB::Table', tables).map(([name]) => ({ 'Fn::GetAtt': [name, 'StreamArn'] })),
  );
  expect(pipes).toHaveLength(shop.services.length);
  for (const [, { SourceParameters, Target }] of pipes) {
    const { FilterCriteria, DynamoDBStreamParameters } = SourceParameters;
    expect(FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern))).toEqual([
      { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { pk: { S: [{ prefix: 'audit#' }] } } } },
    ]);
    expect(DynamoDBStreamParameters).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['AuditNotExported', 'Arn'] } },
    });
    expect(Target).toEqual({ 'Fn::GetAtt': ['AuditDelivery', 'Arn'] });
  }
  for (const [, { StreamSpecification }] of propertiesOf('AWS::DynamoDB::Table', tables))
    expect(StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
});

test('the roles of the export are of this account’s services, and write into its bucket alone', () => {
  for (const [name, { AssumeRolePolicyDocument, Policies }] of propertiesOf('AWS::IAM::Role', tables)) {
    expect(AssumeRolePolicyDocument.Statement[0].Condition, name).toEqual({
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    });
    const statements = Policies[0].PolicyDocument.Statement;
    const wide = statements.filter(({ Resource }: { Resource: unknown }) => Resource === '*');
    expect(
      wide
        .flatMap(({ Action }: { Action: readonly string[] }) => Action)
        .filter((each: string) => each !== 'dynamodb:ListStreams'),
    ).toEqual([]);
    expect(JSON.stringify(statements)).not.toMatch(/Delete|:\*"/);
  }
});
