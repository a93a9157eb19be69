import { describe, expect, test } from 'vitest';
import { inStage } from '../support/aws/in-stage.ts';
import { functions, propertiesOf, shortName } from '../support/aws/production.ts';
import { broker as stack } from '../support/aws/templates.ts';

/**
 * Goal: a function reaches the broker and AWS, and the outside only if it has a key for it; and no zone's loss stops the
 * others. Method: follows the routes in the broker's template, as a packet would.
 */
const stages = Object.fromEntries(['prod', 'dev'].map((stage) => [stage, inStage(stack, stage)]));
const of = (type: string, stage: string) => propertiesOf(type, stages[stage]);
const zones = ['A', 'B', 'C'];

const zoneOf = (subnet: string, stage: string): string =>
  JSON.stringify(stages[stage]?.Resources[subnet]?.Properties.AvailabilityZone);

/** The NAT gateway that a subnet's packets to the internet leave through; undefined if they go nowhere. */
function wayOutOf(subnet: string, stage: string): string | undefined {
  const [[, { RouteTableId: table }] = ['', {}]] = of('AWS::EC2::SubnetRouteTableAssociation', stage).filter(
    ([, { SubnetId }]) => SubnetId.Ref === subnet,
  );
  expect(table, subnet).toBeDefined();
  const [[, route] = ['', undefined]] = of('AWS::EC2::Route', stage).filter(
    ([, { RouteTableId, DestinationCidrBlock }]) =>
      RouteTableId.Ref === table.Ref && DestinationCidrBlock === '0.0.0.0/0',
  );
  return route?.NatGatewayId?.Ref;
}

const subnetsOf = ({ VpcConfig }: Record<string, { readonly SubnetIds: readonly object[] }>) =>
  (VpcConfig?.SubnetIds ?? []).map((each) => JSON.stringify(each).replace(/.*prod-(\w+).*/, '$1'));

describe('functions in the network', () => {
  // Fails where all are in one kind of subnet: whoever takes over one of them sends what it has read anywhere.
  test('have a way to the internet only if they have a key for the outside', () => {
    const inside = functions().filter(([, { VpcConfig }]) => VpcConfig !== undefined);
    const free = inside.filter(([, properties]) =>
      subnetsOf(properties).some((subnet) => wayOutOf(subnet, 'prod') !== undefined),
    );
    expect(inside.length).toBeGreaterThan(free.length + 8);
    expect(free.map(([, properties]) => shortName(properties)).toSorted()).toEqual([
      'payment',
      'stripe-webhook',
    ]);
  });

  test('are in all three zones', () => {
    for (const [name, properties] of functions()) {
      if (properties.VpcConfig === undefined) continue;
      const found = subnetsOf(properties).map((subnet) => zoneOf(subnet, 'prod'));
      expect(new Set(found).size, name).toBe(3);
    }
  });

  test('reach RabbitMQ’s HTTP API only as its administrator', () => {
    const groups = Object.fromEntries(
      functions().flatMap(([, properties]) =>
        properties.VpcConfig === undefined
          ? []
          : [[shortName(properties), JSON.stringify(properties.VpcConfig.SecurityGroupIds)]],
      ),
    );
    const administrators = Object.keys(groups).filter((name) =>
      groups[name]?.includes('AdministratorSecurityGroup'),
    );
    expect(administrators).toEqual(['topology']);
  });
});

describe('the network', () => {
  // Fails with one NAT gateway: its zone's loss stops the reading of every queue.
  test('has in production a way out of each zone that no other zone has to be up for', () => {
    for (const zone of zones) {
      const nat = wayOutOf(`PrivateSubnet${zone}`, 'prod');
      const [, { SubnetId }] = of('AWS::EC2::NatGateway', 'prod').find(([id]) => id === nat) ?? ['', {}];
      expect(zoneOf(SubnetId.Ref, 'prod')).toBe(zoneOf(`PrivateSubnet${zone}`, 'prod'));
    }
    expect(of('AWS::EC2::NatGateway', 'prod')).toHaveLength(3);
    expect(of('AWS::EC2::EIP', 'prod')).toHaveLength(3);
  });

  test('pays in any other stage for one NAT gateway and no endpoint by the hour, and reaches the secrets all the same', () => {
    const paid = (stage: string) => ({
      nats: of('AWS::EC2::NatGateway', stage).map(([id]) => id),
      endpoints: of('AWS::EC2::VPCEndpoint', stage).flatMap(([id, { VpcEndpointType }]) =>
        VpcEndpointType === 'Interface' ? [id] : [],
      ),
    });
    expect(paid('dev')).toEqual({ nats: ['NatA'], endpoints: [] });
    expect(paid('prod')).toEqual({ nats: ['NatA', 'NatB', 'NatC'], endpoints: ['SecretsEndpoint'] });
    for (const zone of zones) {
      expect(wayOutOf(`PrivateSubnet${zone}`, 'dev')).toBe('NatA');
      expect(wayOutOf(`IsolatedSubnet${zone}`, 'dev')).toBe('NatA');
    }
  });

  test('gives no subnet an address of another’s', () => {
    const blocks = of('AWS::EC2::Subnet', 'prod').map(([, { CidrBlock }]) => CidrBlock);
    expect(new Set(blocks).size).toBe(9);
  });
});

describe('the endpoints', () => {
  const endpoints = () => of('AWS::EC2::VPCEndpoint', 'prod');
  const named = (service: string) =>
    endpoints().find(([, { ServiceName }]) => ServiceName['Fn::Sub'].endsWith(`.${service}`))?.[1] ?? {};

  test('let through what is this account’s, and CloudFormation’s answers', () => {
    const policies = endpoints().map(([, { PolicyDocument }]) => PolicyDocument.Statement);
    expect(policies).toHaveLength(3);
    const ofThisAccount = { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } };
    expect(named('dynamodb').PolicyDocument.Statement).toEqual([
      {
        ...{ Effect: 'Allow', Principal: '*', Action: 'dynamodb:*', Condition: ofThisAccount },
        Resource: { 'Fn::Sub': expect.stringMatching(/AccountId\}:table\/order-saga-\$\{Stage\}-\*$/) },
      },
    ]);
    const secrets = propertiesOf('AWS::SecretsManager::Secret', stack).map(([id]) => ({ Ref: id }));
    const [{ Resource: readable, ...secret }] = named('secretsmanager').PolicyDocument.Statement;
    expect(secret).toMatchObject({
      Action: 'secretsmanager:GetSecretValue',
      Condition: ofThisAccount,
    });
    expect(new Set(readable.map(({ Ref }: { Ref: string }) => Ref))).toEqual(
      new Set(secrets.map(({ Ref }) => Ref)),
    );
    expect(named('s3').PolicyDocument.Statement).toMatchObject([
      {
        Action: 's3:PutObject',
        Resource: { 'Fn::Sub': expect.stringMatching(/:::cloudformation-custom-resource-response-\*\/\*$/) },
      },
    ]);
  });

  test('of tables and bucket are on every route that functions take', () => {
    const routes = of('AWS::EC2::RouteTable', 'prod').map(([id]) => id);
    for (const service of ['dynamodb', 's3']) {
      const on = named(service).RouteTableIds.map(({ Ref }: { Ref: string }) => Ref);
      expect(on.toSorted()).toEqual(routes.filter((id) => id !== 'PublicRoutes').toSorted());
    }
  });

  test('of the secrets is in each zone, for functions and for what reads the queues', () => {
    expect(named('secretsmanager')).toMatchObject({
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      SubnetIds: zones.map((zone) => ({ Ref: `IsolatedSubnet${zone}` })),
    });
    const entrants = of('AWS::EC2::SecurityGroupIngress', 'prod').flatMap(([, door]) =>
      door.GroupId.Ref === 'EndpointGroup' ? [`${door.SourceSecurityGroupId.Ref}: ${door.ToPort}`] : [],
    );
    expect(entrants.toSorted()).toEqual(['BrokerGroup: 443', 'FunctionGroup: 443']);
  });
});
