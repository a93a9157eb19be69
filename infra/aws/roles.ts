import { pseudonymKeyOf } from '../../engine/audit/pseudonym.ts';
import { TROUBLE } from '../../engine/batch/trouble.ts';
import { AUDIT_PREFIX } from '../../engine/saga/audit-index.ts';
import { byOwner, DUE, ENDED } from '../../engine/saga/initiator-table.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { tallyKey } from '../../engine/saga/tally.ts';
import { cloudWatchRegionOf } from '../../engine/tracing/cloudwatch.ts';
import { tableNameOf } from '../functions/variables.ts';
import type { Imports } from './imports.ts';
import type { Needs, TableAccess } from './needs.ts';
import type { Json } from './templates/template.ts';

type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: Json;
  readonly Condition?: Json;
};

export type RoleRequest = {
  readonly saga: Saga;
  readonly functionName: string;
  /** Undefined for a function of no service. */
  readonly service: string | undefined;
  readonly needs: Needs;
  readonly stage: string;
  /** Undefined for LocalStack, which has neither a network nor secrets. */
  readonly imports: Imports | undefined;
  /** Where spans go to; empty if none are made. */
  readonly collector: string;
};

/** One function's role, with the permissions it needs and no others. */
export const roleOf = (request: RoleRequest): Json => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [
      {
        PolicyName: 'needs',
        PolicyDocument: { Version: '2012-10-17', Statement: statementsOf(request) },
      },
    ],
  },
});

function statementsOf(request: RoleRequest): readonly Statement[] {
  const { saga, needs, service, stage, imports, collector } = request;
  const table = service === undefined ? undefined : tableNameOf(saga, service, stage);
  return [
    writesItsLog(request),
    ...(cloudWatchRegionOf(collector) === undefined ? [] : [sendsSpans]),
    ...(table === undefined
      ? []
      : [
          ...(needs.table ?? []).map((access) => mayUseTable(access, table, needs)),
          ...keepsTheAudit(needs, table),
        ]),
    ...(needs.audits ?? []).map((each) => mayAudit(tableNameOf(saga, each, stage))),
    ...(needs.inspects === undefined ? [] : mayInspect(needs, saga, stage)),
    ...(needs.rewrites ?? []).flatMap((each) => mayRewrite(tableNameOf(saga, each, stage))),
    ...(needs.erases === undefined ? [] : mayErase(saga, tableNameOf(saga, saga.initiator, stage))),
    ...(imports === undefined ? [] : readsSecrets(request, imports)),
    ...(imports === undefined || needs.broker === undefined ? [] : reachesTheBroker(request, imports)),
  ];
}

/**
 * Lambda names the streams in a function's log group, so the ARN ends in `:*`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
const writesItsLog = ({ saga, functionName, stage }: RoleRequest): Statement => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: arn(
    `logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${saga.name}-${stage}-${functionName}:*`,
  ),
});

/** Spans have no resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
const sendsSpans: Statement = {
  Effect: 'Allow',
  Action: ['xray:PutSpans', 'xray:PutSpansForIndexing', 'xray:PutTraceSegments'],
  Resource: '*',
};

const actions = {
  read: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
  // Transactions of these need no other action.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  write: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

const tableArn = (table: string): string => `dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${table}`;

const mayAudit = (table: string): Statement => ({
  Effect: 'Allow',
  Action: [...actions.read, 'dynamodb:Scan'],
  Resource: arn(tableArn(table)),
});

/** The indexes of what is due and of what has ended are the initiator's. */
const mayInspect = (needs: Needs, saga: Saga, stage: string): readonly Statement[] => [
  ...saga.services.map((service) => mayUseTable('read', tableNameOf(saga, service, stage), needs)),
  ...(needs.inspects === 'open'
    ? [DUE, ENDED].map((index) => mayUseTable(`query ${index}`, tableNameOf(saga, saga.initiator, stage), {}))
    : []),
];

const mayRewrite = (table: string): readonly Statement[] => [
  { Effect: 'Allow', Action: ['dynamodb:PutItem'], Resource: arn(tableArn(table)) },
  {
    Effect: 'Allow',
    Action: ['dynamodb:DeleteItem'],
    Resource: arn(tableArn(table)),
    Condition: onlyItemsOf([TROUBLE]),
  },
  mayNotChangeTheAudit(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], table),
];

const mayErase = (saga: Saga, table: string): readonly Statement[] => [
  mayUseTable(`query ${byOwner(saga)}`, table, {}),
  {
    Effect: 'Allow',
    Action: ['dynamodb:DeleteItem'],
    Resource: arn(tableArn(table)),
    Condition: onlyItemsOf([pseudonymKeyOf(''), tallyKey('')]),
  },
];

function mayUseTable(access: TableAccess, table: string, needs: Pick<Needs, 'keys' | 'writes'>): Statement {
  const own = tableArn(table);
  if (access === 'read' || access === 'write') {
    const keys = access === 'write' ? (needs.writes ?? needs.keys) : needs.keys;
    return {
      ...{ Effect: 'Allow', Action: actions[access], Resource: arn(own) },
      ...(keys === undefined ? {} : { Condition: onlyItemsOf(keys) }),
    };
  }
  if (access === 'scan') return { Effect: 'Allow', Action: ['dynamodb:Scan'], Resource: arn(own) };
  const [, index] = access.split(' ');
  return { Effect: 'Allow', Action: ['dynamodb:Query'], Resource: arn(`${own}/index/${index}`) };
}

/**
 * Entries of the audit are put where none is, and stay: no function updates or deletes one, and one whose acts are not audited
 * puts none. IAM cannot ask for the condition of a put; whatever is put over an entry is exported like the entry before it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
function keepsTheAudit({ table = [], isAudited }: Needs, name: string): readonly Statement[] {
  const puts = ['dynamodb:PutItem'] as const;
  const changes = ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'] as const;
  const Resource = arn(tableArn(name));
  const denied = isAudited ? changes : [...puts, ...changes];
  return [
    ...(isAudited
      ? [{ Effect: 'Allow', Action: puts, Resource, Condition: onlyItemsOf([AUDIT_PREFIX]) } as const]
      : []),
    ...(table.includes('write') ? [mayNotChangeTheAudit(denied, name)] : []),
  ];
}

const mayNotChangeTheAudit = (denied: readonly string[], table: string): Statement => ({
  Effect: 'Deny',
  Action: denied,
  Resource: arn(tableArn(table)),
  Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [`${AUDIT_PREFIX}*`] } },
});

/**
 * A request without keys would pass the first condition, so the second asks for some.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const onlyItemsOf = (keys: readonly string[]): Json => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys.map((key) => `${key}*`) },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

/** The credentials of the service's broker user, and the keys for the outside. */
function readsSecrets({ saga, needs, service }: RoleRequest, imports: Imports): readonly Statement[] {
  const own = service === undefined ? [] : [imports.secretOf(service)];
  const everyones = () => [imports.adminSecret, ...saga.services.map(imports.secretOf)];
  const secrets = [
    ...(needs.broker === undefined ? [] : needs.broker === 'administer' ? everyones() : own),
    ...(needs.secrets ?? []).map(imports.outsideSecretOf),
  ];
  if (secrets.length === 0) return [];
  return [
    { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: secrets },
    ...(imports.secretsKey === undefined ? [] : [decryptsSecretsWith(imports.secretsKey)]),
  ];
}

/** Nothing else than what Secrets Manager hands out. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const decryptsSecretsWith = (key: Json): Statement => ({
  Effect: 'Allow',
  Action: ['kms:Decrypt'],
  Resource: key,
  Condition: {
    StringEquals: { 'kms:ViaService': { 'Fn::Sub': `secretsmanager.\${AWS::Region}.amazonaws.com` } },
  },
});

function reachesTheBroker(request: RoleRequest, imports: Imports): readonly Statement[] {
  return [
    ...(request.needs.broker === 'consume'
      ? [{ Effect: 'Allow', Action: ['mq:DescribeBroker'], Resource: imports.brokerArn } as const]
      : []),
    ...entersTheNetwork(request),
  ];
}

/**
 * Lambda uses the function's role to put a network interface into the VPC. Describe actions take no resource. The
 * others do, but the interface does not exist yet, so they are allowed on all of the account's resources in this
 * region. The Deny keeps the function's own code from using any of them.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
function entersTheNetwork({ saga, functionName, stage, needs }: RoleRequest): readonly Statement[] {
  const change = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const look = [
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    // The event source mapping needs these too.
    // https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html#events-mq-permissions
    ...(needs.broker === 'consume' ? ['ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'] : []),
  ];
  const itself = arn(
    `lambda:\${AWS::Region}:\${AWS::AccountId}:function:${saga.name}-${stage}-${functionName}`,
  );
  return [
    { Effect: 'Allow', Action: change, Resource: arn(`ec2:\${AWS::Region}:\${AWS::AccountId}:*/*`) },
    { Effect: 'Allow', Action: look, Resource: '*' },
    {
      Effect: 'Deny',
      Action: [...change, ...look],
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': itself } },
    },
  ];
}

const arn = (rest: string): Json => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
