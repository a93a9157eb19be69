import { Ajv, type ValidateFunction } from 'ajv';

/**
 * The limits of the properties that we set: CloudFormation's resource schemas on npm lack them. (`npm run
 * check:templates` knows them all.) A JSON Schema keyword ignores values of other types, and so it ignores references.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
 */
const text = (maxLength: number, pattern?: string) =>
  pattern === undefined ? { minLength: 1, maxLength } : { minLength: 1, maxLength, pattern };
const between = (minimum: number, maximum: number) => ({ minimum, maximum });
const oneOf = (...values: readonly (string | number)[]) => ({
  anyOf: [{ type: 'object' }, { enum: values }],
});
const each = (properties: object) => ({ items: { properties } });

const metricName = text(255, '^[^:]');
const period = { anyOf: [{ enum: [10, 20, 30] }, { multipleOf: 60, minimum: 60 }] };
const tableName = text(255, '^[A-Za-z0-9_.-]{3,}$');
const groupRule = { Description: text(255, '^[A-Za-z0-9. _:/()#,@+=&;{}!$*\\[\\]\\-]*$') };
const allowedDays = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096],
  ...[1827, 2192, 2557, 2922, 3288, 3653],
];

const limits: Readonly<Record<string, object>> = {
  'AWS::AmazonMQ::Broker': { BrokerName: text(50, '^[A-Za-z0-9._~-]+$'), EngineType: oneOf('RABBITMQ') },
  'AWS::AmazonMQ::Configuration': { Name: text(150, '^[A-Za-z0-9._~-]+$'), EngineType: oneOf('RABBITMQ') },
  'AWS::CloudWatch::Alarm': {
    AlarmName: text(255),
    AlarmDescription: text(1_024),
    Namespace: metricName,
    MetricName: metricName,
    Statistic: oneOf('Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum'),
    Period: period,
    EvaluationPeriods: between(1, 1_440),
    DatapointsToAlarm: between(1, 1_440),
    ComparisonOperator: oneOf(
      ...['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold'],
      ...['LessThanOrEqualToThreshold', 'LessThanThreshold'],
    ),
    TreatMissingData: oneOf('breaching', 'notBreaching', 'ignore', 'missing'),
    Metrics: each({
      Id: text(255, '^[a-z][A-Za-z0-9_]*$'),
      Expression: text(2_048),
      MetricStat: { properties: { Period: period } },
    }),
  },
  'AWS::DynamoDB::Table': {
    TableName: tableName,
    BillingMode: oneOf('PAY_PER_REQUEST', 'PROVISIONED'),
    GlobalSecondaryIndexes: { maxItems: 20, ...each({ IndexName: tableName }) },
  },
  'AWS::EC2::SecurityGroup': {
    GroupDescription: groupRule.Description,
    SecurityGroupEgress: each(groupRule),
  },
  'AWS::KMS::Key': { Description: text(8_192) },
  'AWS::Lambda::EventInvokeConfig': {
    MaximumEventAgeInSeconds: between(60, 21_600),
    MaximumRetryAttempts: between(0, 2),
  },
  'AWS::Lambda::EventSourceMapping': {
    BatchSize: between(1, 10_000),
    MaximumBatchingWindowInSeconds: between(0, 300),
    Queues: { minItems: 1, maxItems: 1, items: text(1_000) },
  },
  'AWS::Lambda::Function': {
    FunctionName: text(64, '^[A-Za-z0-9_-]+$'),
    Description: text(256),
    Handler: text(128, '^\\S+$'),
    MemorySize: between(128, 10_240),
    Timeout: between(1, 900),
    ReservedConcurrentExecutions: { minimum: 0 },
    Architectures: { maxItems: 1, items: oneOf('arm64', 'x86_64') },
  },
  'AWS::Logs::LogGroup': {
    LogGroupName: text(512, '^[A-Za-z0-9_/.#-]+$'),
    RetentionInDays: oneOf(...allowedDays),
  },
  'AWS::SecretsManager::Secret': {
    Description: text(2_048),
    GenerateSecretString: { properties: { PasswordLength: between(1, 4_096) } },
  },
  'AWS::SNS::Topic': { TopicName: text(256, '^[A-Za-z0-9_-]+$') },
  'AWS::WAFv2::WebACL': {
    Name: text(128, '^[A-Za-z0-9_-]+$'),
    Scope: oneOf('REGIONAL', 'CLOUDFRONT'),
    CustomResponseBodies: { additionalProperties: { properties: { Content: text(4_096) } } },
    Rules: each({
      Name: text(128, '^[A-Za-z0-9_-]+$'),
      Action: {
        properties: {
          Block: { properties: { CustomResponse: { properties: { ResponseCode: between(200, 599) } } } },
        },
      },
      Statement: {
        properties: {
          RateBasedStatement: {
            properties: {
              Limit: between(10, 2_000_000_000),
              EvaluationWindowSec: oneOf(60, 120, 300, 600),
              AggregateKeyType: oneOf('CONSTANT', 'CUSTOM_KEYS', 'FORWARDED_IP', 'IP'),
            },
          },
        },
      },
    }),
  },
};

const ajv = new Ajv({ allErrors: true, strictTypes: false });
const checks = new Map<string, ValidateFunction>(
  Object.entries(limits).map(([type, properties]) => [type, ajv.compile({ properties })]),
);

/** The values that CloudFormation would refuse as too long, too large or unknown; one line each. */
export function excessesOf(name: string, type: string, properties: object): readonly string[] {
  const check = checks.get(type);
  if (check === undefined || check(spelledOut(properties))) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message }) => `${name} (${type})${instancePath} ${message}`,
  );
}

/** No stage's name is longer. */
const LONGEST_STAGE = 'production';

/** Replaces composed texts by the longest that they may become. */
function spelledOut(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(spelledOut);
  const { 'Fn::Sub': template } = value as { 'Fn::Sub'?: unknown };
  if (typeof template === 'string') return template.replaceAll(/\$\{[^}]+\}/g, LONGEST_STAGE);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spelledOut(each)]));
}
