import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../../functions/saga/choreography.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../functions/saga/routes.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { type Packaged, packageFor, type Template } from '../support/aws/package.ts';
import { flawsOf } from '../support/aws/schema.ts';
import { membersNamed, readTemplate } from '../support/aws/templates.ts';
import { readWiring } from '../support/wiring.ts';
import { variablesOf } from '../support/wiring-checks.ts';

/**
 * Goal: what would be deployed is what was decided. Method: packages for prod and reads the template as
 * CloudFormation would get it, and the templates that are deployed by themselves.
 */
/** None of it may reach what is deployed. */
const shellOfALaptop = {
  BROKER_PASSWORD: 'leaked',
  RABBITMQ_URL: 'amqp://local:leaked@127.0.0.1:3030',
  STRIPE_SECRET_KEY: 'sk_leaked',
  STRIPE_API_BASE: 'http://leaked.test',
  NUDGE_SCHEDULE: 'false',
};
let packaged: Packaged;
let template: Template;
const broker = readTemplate('broker.yml');
const tables = readTemplate('tables.yml');
const account = readTemplate('account.yml');
beforeAll(async () => {
  packaged = await packageFor('prod', shellOfALaptop);
  template = packaged.template;
}, 60_000);
afterAll(() => packaged?.discard());

const wiring = readWiring();
const all = () => [template, broker, tables, account];
const ofType = (type: string, from = template) =>
  Object.entries(from.Resources).filter(([, resource]) => resource.Type === type);
// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
const propertiesOf = (type: string, from = template): [string, Record<string, any>][] =>
  ofType(type, from).map(([name, { Properties }]) => [name, Properties]);
const functions = () => propertiesOf('AWS::Lambda::Function');
const shortName = ({ FunctionName }: Record<string, unknown>) =>
  String(FunctionName).replace('order-saga-prod-', '');

describe('every template', () => {
  test('has only resources that CloudFormation knows, with the properties they need, of the right types', () => {
    const flaws = all().flatMap(({ Resources }) =>
      Object.entries(Resources).flatMap(([name, { Type, Properties }]) => flawsOf(name, Type, Properties)),
    );
    expect(flaws).toEqual([]);
  });

  test('keeps to the limits of names and numbers', () => {
    for (const { Resources } of all()) expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
    for (const [, { FunctionName, Description = '' }] of functions()) {
      expect(FunctionName.length).toBeLessThanOrEqual(64);
      expect(Description.length).toBeLessThanOrEqual(256);
    }
    for (const { Resources } of all()) {
      for (const [name, value] of membersNamed('AlarmName', Resources)) {
        expect(JSON.stringify(value).length, name).toBeLessThanOrEqual(255);
      }
    }
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
  });

  test('holds no secret, and no function is given one', () => {
    const text = JSON.stringify(all());
    expect(text).not.toContain('leaked');
    expect(text).not.toMatch(/sk_(live|test)_|AKIA|-----BEGIN|amqps?:\/\/[^"]*:[^"]*@/);
    for (const [name, { Environment }] of functions()) {
      for (const [variable, value] of Object.entries(Environment.Variables)) {
        if (!/SECRET|PASSWORD|KEY|TOKEN/.test(variable)) continue;
        const isReference =
          value === '' || /^\{\{resolve:ssm:/.test(String(value)) || isImportOfSecret(value);
        expect(isReference, `${name} ${variable} ${JSON.stringify(value)}`).toBe(true);
      }
    }
    for (const [, { SecretString }] of propertiesOf('AWS::SecretsManager::Secret', broker)) {
      expect(SecretString).toBeUndefined();
    }
    const [[, { Users }] = ['', { Users: [] }]] = propertiesOf('AWS::AmazonMQ::Broker', broker);
    expect(JSON.stringify(Users)).toMatch(/resolve:secretsmanager.*resolve:secretsmanager/);
  });

  const isImportOfSecret = (value: unknown): boolean =>
    /^\{"Fn::ImportValue":"order-saga-prod-(Order|Inventory|Payment)BrokerSecret"\}$/.test(
      JSON.stringify(value),
    ) || JSON.stringify(value) === '{"Fn::ImportValue":"order-saga-prod-StripeSecret"}';

  test('imports nothing that the broker’s stack does not export', () => {
    const exported = Object.values(broker.Outputs).map(({ Export }) => JSON.stringify(Export));
    const imported = new Set([...membersNamed('Fn::ImportValue', template)].map(([, name]) => String(name)));
    expect(imported.size).toBeGreaterThan(8);
    for (const name of imported) {
      const wanted = name.replace('order-saga-prod-', `order-saga-\${Stage}-`);
      expect(exported).toContainEqual(expect.stringContaining(`"${wanted}"`));
    }
  });
});

describe('permissions', () => {
  test('every function has a role of its own, which nothing else has', () => {
    const roles = functions().map(([, { Role }]) => String(Role['Fn::GetAtt'][0]));
    expect(new Set(roles).size).toBe(functions().length);
    expect(
      ofType('AWS::IAM::Role')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(roles.toSorted());
    expect(functions()).toHaveLength(Object.keys(wiring.serverless.functions).length);
  });

  /** The only actions that know no resources, each by the service authorization reference. */
  const withoutResources = /^ec2:Describe(NetworkInterfaces|Subnets|SecurityGroups|Vpcs)$/;

  test('allow no wildcard but where AWS knows no resource, and what Lambda names itself', () => {
    const wide: string[] = [];
    for (const [name, { Policies }] of propertiesOf('AWS::IAM::Role')) {
      for (const { PolicyDocument } of Policies) {
        for (const { Effect, Action, Resource } of PolicyDocument.Statement) {
          if (Effect !== 'Allow') continue;
          for (const action of Action) if (action.includes('*')) wide.push(`${name}: ${action}`);
          for (const resource of Array.isArray(Resource) ? Resource : [Resource]) {
            const text = JSON.stringify(resource);
            const isNamedByLambda =
              /:log-group:[^*"]+:\*"\}$/.test(text) || /:ec2:[^*"]+:\*\/\*"\}$/.test(text);
            const isUnavoidable =
              resource === '*' && Action.every((each: string) => withoutResources.test(each));
            if (text.includes('*') && !isNamedByLambda && !isUnavoidable)
              wide.push(`${name}: ${Action} on ${text}`);
          }
        }
      }
    }
    expect(wide).toEqual([]);
  });

  test('reach only the function’s own table and its own secrets', () => {
    for (const [, { Role, FunctionName, Handler }] of functions()) {
      const [, service] = /^functions\/(order|inventory|payment)\//.exec(Handler) ?? [];
      const policy = JSON.stringify(template.Resources[Role['Fn::GetAtt'][0]]);
      const foundTables = [...policy.matchAll(/table\/order-saga-prod-(\w+)/g)].map(([, found]) => found);
      expect(new Set(foundTables), FunctionName).toEqual(new Set(foundTables.length > 0 ? [service] : []));
      if (shortName({ FunctionName }) === 'topology') continue;
      const secrets = [...policy.matchAll(/order-saga-prod-(\w+Secret)/g)].map(([, found]) => found);
      const own = [`${service?.replace(/^./, (letter) => letter.toUpperCase())}BrokerSecret`];
      if (shortName({ FunctionName }) === 'payment') own.push('StripeSecret');
      expect(
        secrets.filter((each = '') => !own.includes(each)),
        FunctionName,
      ).toEqual([]);
    }
  });

  test('let only what writes change a table', () => {
    const writers = functions()
      .filter(([, { Role }]) =>
        JSON.stringify(template.Resources[Role['Fn::GetAtt'][0]]).includes('dynamodb:PutItem'),
      )
      .map(([, properties]) => shortName(properties));
    expect(writers.toSorted()).toEqual(
      [...services, 'place-order', 'cancel-order', 'nudge-orders', 'put-stock', 'receive-stock'].toSorted(),
    );
  });
});

describe('functions', () => {
  test('run on nodejs24.x and arm64, and are given every variable that their sources read', () => {
    const read = variablesOf(wiring);
    expect(read.length).toBeGreaterThan(10);
    for (const [, { Runtime, Architectures, Environment }] of functions()) {
      expect([Runtime, Architectures]).toEqual(['nodejs24.x', ['arm64']]);
      const given = Object.keys(Environment.Variables);
      const missing = read.filter(({ name }) => !given.includes(name) && !name.startsWith('AWS_'));
      expect(missing).toEqual([]);
    }
  });

  test('that talk to the broker are in its network, with their own secret; the others are not', () => {
    for (const [name, properties] of functions()) {
      const { BROKER_SECRET: secret, RABBITMQ_URL: url } = properties.Environment.Variables;
      expect(url).toEqual({ 'Fn::ImportValue': 'order-saga-prod-BrokerAmqpUrl' });
      const isInside = properties.VpcConfig !== undefined;
      expect(isInside, name).toBe(secret !== '' || shortName(properties) === 'topology');
      if (isInside) expect(properties.VpcConfig.SubnetIds).toHaveLength(3);
    }
    const inside = functions().filter(([, { VpcConfig }]) => VpcConfig !== undefined);
    expect(inside).toHaveLength(services.length + 3 + 3 + 3 + 1);
  });

  test('that publish or consume change after the topology, and not before it was accepted', () => {
    for (const [, { Properties, DependsOn }] of ofType('AWS::Lambda::Function')) {
      const isLater = Properties.VpcConfig !== undefined && shortName(Properties) !== 'topology';
      expect([DependsOn].flat().includes('Topology'), shortName(Properties)).toBe(isLater);
    }
  });

  test('that must not be starved, or must not run twice, have their concurrency reserved', () => {
    const reserved = functions().map(([, properties]) => [
      shortName(properties),
      properties.ReservedConcurrentExecutions,
    ]);
    expect(Object.fromEntries(reserved)).toMatchObject({
      ...{ order: 2, inventory: 2, payment: 2 },
      ...{ 'nudge-orders': 1, topology: 1 },
      ...{
        'count-order-dead-letters': 1,
        'count-inventory-dead-letters': 1,
        'count-payment-dead-letters': 1,
      },
    });
  });

  test('take no concurrency from the others where no connection is to be saved', () => {
    const unconnected = functions().filter(([, { VpcConfig }]) => VpcConfig === undefined);
    expect(unconnected.length).toBeGreaterThan(5);
    for (const [name, properties] of unconnected) {
      expect(properties.ReservedConcurrentExecutions, name).toBeUndefined();
    }
  });

  test('have no versions, of which each deployment would leave one for each', () => {
    expect(ofType('AWS::Lambda::Version')).toEqual([]);
  });

  test('keep their logs for a month', () => {
    const groups = propertiesOf('AWS::Logs::LogGroup');
    for (const [name, { RetentionInDays }] of groups) expect(RetentionInDays, name).toBe(30);
    expect(groups).toHaveLength(functions().length + 1);
  });
});

describe('the topology', () => {
  test('can be applied again by hand with what the deployment says of it', () => {
    const { Value: value } = template.Outputs.TopologyEvent ?? {};
    const { Properties } = template.Resources.Topology ?? {};
    const { AmqpUrl, AdminSecret, Secrets } = Properties as Record<string, Record<string, unknown>>;
    const filledIn = { amqpUrl: AmqpUrl, adminSecret: AdminSecret, ...Secrets };
    expect(value).toEqual({ 'Fn::Sub': [expect.stringContaining('"RequestType":"Update"'), filledIn] });
    expect(Object.keys(Secrets ?? {})).toEqual(services);
  });
});

describe('events', () => {
  test('every event source mapping reads an existing queue as its own service, without waiting', () => {
    const { queues } = topologyOf(parseRetryDelays(DEFAULT_RETRY_DELAYS));
    const mappings = propertiesOf('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(services.length);
    for (const [, properties] of mappings) {
      const [queue] = properties.Queues;
      expect(queues.map(({ name }) => name)).toContain(queue);
      const capitalised = queue.replace(/^./, (letter: string) => letter.toUpperCase());
      expect(properties).toMatchObject({
        FunctionName: { 'Fn::GetAtt': [`${capitalised}LambdaFunction`, 'Arn'] },
        EventSourceArn: { 'Fn::ImportValue': 'order-saga-prod-BrokerArn' },
        SourceAccessConfigurations: [
          { Type: 'BASIC_AUTH', URI: { 'Fn::ImportValue': `order-saga-prod-${capitalised}BrokerSecret` } },
        ],
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 0,
      });
      expect(template.Resources[`${capitalised}LambdaFunction`]).toMatchObject({
        DependsOn: expect.arrayContaining(['Topology']),
      });
    }
  });

  test('a mapping that has stopped reading its queue is missed, and so is a broker that says nothing', () => {
    expect(template.Resources.EventSourceGone?.Properties).toMatchObject({
      ...{ Namespace: 'AWS/AmazonMQ', MetricName: 'ConsumerCount', TreatMissingData: 'breaching' },
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: services.length },
      Dimensions: [{ Name: 'Broker', Value: 'order-saga-prod' }],
    });
    const [[, { BrokerName }] = ['', { BrokerName: undefined }]] = propertiesOf(
      'AWS::AmazonMQ::Broker',
      broker,
    );
    expect(BrokerName).toEqual({ 'Fn::Sub': `order-saga-\${Stage}` });
  });

  const scheduled = ['nudge-orders', ...services.map((service) => `count-${service}-dead-letters`)];
  const invoked = (id: string) => shortName(template.Resources[id]?.Properties ?? {});

  test('the schedules run every minute', () => {
    const rules = propertiesOf('AWS::Events::Rule').map(([, { Targets, ...rule }]) => [
      invoked(Targets[0].Arn['Fn::GetAtt'][0]),
      rule,
    ]);
    const everyMinute = { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' };
    expect(Object.fromEntries(rules)).toEqual(
      Object.fromEntries(scheduled.map((name) => [name, expect.objectContaining(everyMinute)])),
    );
  });

  test('a run that failed, or came too late, is left to the next one', () => {
    const settings = propertiesOf('AWS::Lambda::EventInvokeConfig').map(([, { FunctionName, ...limits }]) => [
      invoked(FunctionName.Ref),
      limits,
    ]);
    const onlyOnce = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    expect(Object.fromEntries(settings)).toEqual(
      Object.fromEntries(scheduled.map((name) => [name, expect.objectContaining(onlyOnce)])),
    );
  });

  test('every method asks the authorizer', () => {
    const methods = propertiesOf('AWS::ApiGateway::Method');
    expect(methods.length).toBeGreaterThan(14);
    for (const [name, { AuthorizationType, AuthorizerId }] of methods) {
      expect([AuthorizationType, AuthorizerId], name).toEqual([
        'CUSTOM',
        { Ref: 'AuthorizerApiGatewayAuthorizer' },
      ]);
    }
  });
});

describe('the API', () => {
  test('is deployed after what it answers itself, which would else wait for the next deployment', () => {
    const [, deployment] = ofType('AWS::ApiGateway::Deployment')[0] ?? [];
    const ids = ofType('AWS::ApiGateway::GatewayResponse').map(([id]) => id);
    expect(ids.length).toBeGreaterThan(5);
    expect(deployment?.DependsOn).toEqual(expect.arrayContaining(ids));
  });

  test('has one stage, with an access log and throttling, on the deployment', () => {
    const [[, deployment] = ['', {}]] = ofType('AWS::ApiGateway::Deployment');
    expect(deployment).not.toHaveProperty('Properties.StageName');
    const [[, stage] = ['', {}], ...others] = propertiesOf('AWS::ApiGateway::Stage');
    expect(others).toEqual([]);
    expect(stage).toMatchObject({
      StageName: 'prod',
      AccessLogSetting: { DestinationArn: { 'Fn::GetAtt': ['ApiAccessLog', 'Arn'] } },
      MethodSettings: [
        {
          ...{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 200 },
          // Each method's own metrics cost as much as the alarms.
          MetricsEnabled: false,
        },
      ],
    });
    expect(JSON.parse(String(stage.AccessLogSetting?.Format))).toMatchObject({ status: '$context.status' });
  });

  test('answers problem details also where no function is asked', () => {
    const responses = propertiesOf('AWS::ApiGateway::GatewayResponse');
    const types = responses.map(([, { ResponseType }]) => ResponseType);
    expect(types).toEqual(
      expect.arrayContaining([
        'DEFAULT_4XX',
        'DEFAULT_5XX',
        'UNAUTHORIZED',
        'THROTTLED',
        'REQUEST_TOO_LARGE',
      ]),
    );
    for (const [, { ResponseParameters, ResponseTemplates }] of responses) {
      expect(ResponseParameters['gatewayresponse.header.Content-Type']).toBe("'application/problem+json'");
      const body = ResponseTemplates['application/json'].replace('$context.error.messageString', '"why"');
      expect(JSON.parse(body)).toMatchObject({
        type: expect.stringMatching(/^urn:order-saga:problem:/),
        detail: 'why',
      });
    }
  });

  test('refuses bodies that no function would accept', () => {
    expect(propertiesOf('AWS::WAFv2::WebACL').map(([, { Rules }]) => Rules)).toMatchObject([
      [
        {
          Action: { Block: {} },
          Statement: { SizeConstraintStatement: { ComparisonOperator: 'GT', Size: 65_535 } },
        },
      ],
    ]);
    expect(ofType('AWS::WAFv2::WebACLAssociation')).toMatchObject([
      ['BodySizeLimitAssociation', { DependsOn: ['ApiStage'] }],
    ]);
  });
});

describe('what is kept', () => {
  test('tables are on demand, encrypted, recoverable, protected in production, and forget nothing', () => {
    const found = propertiesOf('AWS::DynamoDB::Table', tables);
    expect(found).toHaveLength(services.length);
    for (const [, properties] of found) {
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: { 'Fn::If': ['IsProduction', true, false] },
      });
      expect(properties).not.toHaveProperty('TimeToLiveSpecification');
    }
  });

  // Fails with Retain: a stack that could not be made leaves tables behind whose names stop the next attempt.
  test('tables, broker and secrets outlive their stacks, unless the stack was never made', () => {
    const kept = [
      ...ofType('AWS::DynamoDB::Table', tables),
      ...ofType('AWS::AmazonMQ::Broker', broker),
      ...ofType('AWS::SecretsManager::Secret', broker),
    ];
    expect(kept).toHaveLength(services.length + 1 + services.length + 2);
    for (const [name, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect([DeletionPolicy, UpdateReplacePolicy], name).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });

  test('topics, buckets and secrets are encrypted', () => {
    for (const from of all()) {
      for (const [name, { KmsMasterKeyId }] of propertiesOf('AWS::SNS::Topic', from)) {
        expect(KmsMasterKeyId, name).toEqual({ Ref: 'AlarmsKey' });
      }
      for (const [name, { BucketEncryption }] of propertiesOf('AWS::S3::Bucket', from)) {
        expect(BucketEncryption, name).toBeDefined();
      }
    }
  });
});

describe('the broker', () => {
  test('has a node in each of three zones in production, and one elsewhere', () => {
    const zoneOf = (subnet: { readonly Ref: string }) =>
      JSON.stringify(broker.Resources[subnet.Ref]?.Properties.AvailabilityZone);
    const [[, { SubnetIds }] = ['', { SubnetIds: {} }]] = propertiesOf('AWS::AmazonMQ::Broker', broker);
    const [condition, cluster, single] = SubnetIds['Fn::If'];
    expect(condition).toBe('IsProduction');
    expect(new Set(cluster.map(zoneOf)).size).toBe(3);
    expect(single).toHaveLength(1);
  });

  test('is private, of version 4.2, logs, and is a cluster in production', () => {
    expect(propertiesOf('AWS::AmazonMQ::Broker', broker).map(([, properties]) => properties)).toMatchObject([
      {
        EngineType: 'RABBITMQ',
        EngineVersion: '4.2',
        PubliclyAccessible: false,
        DeploymentMode: { 'Fn::If': ['IsProduction', 'CLUSTER_MULTI_AZ', 'SINGLE_INSTANCE'] },
        Logs: { General: true },
      },
    ]);
  });

  test('lets in functions and event source mappings over TLS, and nobody else', () => {
    const doors = propertiesOf('AWS::EC2::SecurityGroupIngress', broker).map(
      ([, door]) => `${door.SourceSecurityGroupId?.Ref} to ${door.GroupId.Ref}: ${door.FromPort}`,
    );
    expect(doors.toSorted()).toEqual([
      'BrokerGroup to BrokerGroup: 5671',
      'FunctionGroup to BrokerGroup: 443',
      'FunctionGroup to BrokerGroup: 5671',
    ]);
    for (const [, group] of propertiesOf('AWS::EC2::SecurityGroup', broker)) {
      expect(group.SecurityGroupIngress).toBeUndefined();
    }
  });
});
