import type { Saga } from '../../../engine/saga/saga.ts';
import { tableNameOf } from '../../functions/variables.ts';
import { exported } from './exported.ts';
import type { Json, Outputs, Resource, Resources } from './template.ts';

/** The first three zones of a region. Only production has a way out in each of them. */
const zones = ['A', 'B', 'C'] as const;
type Zone = (typeof zones)[number];

/**
 * Two subnets in each zone. The isolated ones are for functions that talk to the broker and to AWS only: in production
 * they have no route to the internet, and AWS is reached through endpoints, which let nothing through but this saga's
 * tables and secrets and CloudFormation's bucket. The private ones have a NAT gateway: they are the broker's, which
 * Lambda's event source mapping leaves to ask Lambda and STS, and those of the functions that call the outside.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html#mq-vpc
 *
 * Any other stage saves money: one NAT gateway for all, and no endpoint by the hour. While its zone is down, nothing is
 * charged there and orders wait.
 */
export const networkOf = (saga: Saga, secrets: readonly string[]): Resources => ({
  ...Object.assign({}, ...zones.map(publicIn), ...zones.map(privateIn), ...zones.map(isolatedIn)),
  IsolatedRoutes: routeTable,
  // There is no endpoint for the secrets.
  IsolatedRoute: { ...wayOut('IsolatedRoutes', { Ref: 'NatA' }), Condition: 'IsCheap' },
  ...endpoints(saga, secrets),
});

/** What the stack of the functions imports. */
export const subnetOutputs = (saga: Saga): Outputs =>
  Object.fromEntries(
    zones
      .flatMap((zone) => [privateSubnet(zone), isolatedSubnet(zone)])
      .map((id) => [id, exported(saga, id)]),
  );

export const privateSubnets = zones.map((zone) => privateSubnet(zone));
export const isolatedSubnets = zones.map((zone) => isolatedSubnet(zone));

function privateSubnet(zone: Zone): string {
  return `PrivateSubnet${zone}`;
}

function isolatedSubnet(zone: Zone): string {
  return `IsolatedSubnet${zone}`;
}

/** The first zone has it in every stage. */
const elsewhereIn = (zone: Zone): Pick<Resource, 'Condition'> =>
  zone === 'A' ? {} : { Condition: 'IsProduction' };

const vpc: Json = { Ref: 'Vpc' };

const routeTable: Resource = { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: vpc } };

const subnet = (zone: Zone, first: number): Resource => ({
  Type: 'AWS::EC2::Subnet',
  Properties: {
    VpcId: vpc,
    CidrBlock: `10.20.${first + zones.indexOf(zone)}.0/24`,
    AvailabilityZone: { 'Fn::Select': [zones.indexOf(zone), { 'Fn::GetAZs': '' }] },
  },
});

const association = (subnetId: string, routeTableId: string): Resource => ({
  Type: 'AWS::EC2::SubnetRouteTableAssociation',
  Properties: { SubnetId: { Ref: subnetId }, RouteTableId: { Ref: routeTableId } },
});

const wayOut = (routeTableId: string, nat: Json): Resource => ({
  Type: 'AWS::EC2::Route',
  Properties: {
    RouteTableId: { Ref: routeTableId },
    DestinationCidrBlock: '0.0.0.0/0',
    NatGatewayId: nat,
  },
});

/** The NAT gateway, which needs a subnet with a way in. */
const publicIn = (zone: Zone): Resources => ({
  [`PublicSubnet${zone}`]: { ...elsewhereIn(zone), ...subnet(zone, 10) },
  [`PublicRoutesIn${zone}`]: { ...elsewhereIn(zone), ...association(`PublicSubnet${zone}`, 'PublicRoutes') },
  [`NatAddress${zone}`]: {
    ...elsewhereIn(zone),
    Type: 'AWS::EC2::EIP',
    DependsOn: 'InternetAttachment',
    Properties: { Domain: 'vpc' },
  },
  [`Nat${zone}`]: {
    ...elsewhereIn(zone),
    Type: 'AWS::EC2::NatGateway',
    Properties: {
      SubnetId: { Ref: `PublicSubnet${zone}` },
      AllocationId: { 'Fn::GetAtt': [`NatAddress${zone}`, 'AllocationId'] },
    },
  },
});

const privateIn = (zone: Zone): Resources => ({
  [privateSubnet(zone)]: subnet(zone, 0),
  [`PrivateRoutes${zone}`]: routeTable,
  [`PrivateRoutesIn${zone}`]: association(privateSubnet(zone), `PrivateRoutes${zone}`),
  [`PrivateRoute${zone}`]: wayOut(
    `PrivateRoutes${zone}`,
    zone === 'A' ? { Ref: 'NatA' } : { 'Fn::If': ['IsProduction', { Ref: `Nat${zone}` }, { Ref: 'NatA' }] },
  ),
});

const isolatedIn = (zone: Zone): Resources => ({
  [isolatedSubnet(zone)]: subnet(zone, 20),
  [`IsolatedRoutesIn${zone}`]: association(isolatedSubnet(zone), 'IsolatedRoutes'),
});

/** Who has a role elsewhere takes nothing out through an endpoint, whatever that role may do. */
const ofThisAccount: Json = { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } };

const letsThrough = (statement: { readonly [name: string]: Json }): Json => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', ...statement }],
});

function endpoints(saga: Saga, secrets: readonly string[]): Resources {
  const tables = `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${tableNameOf(saga, '*', STAGE)}`;
  return {
    // Free, and they take most of the traffic.
    DynamoDbEndpoint: gateway(
      'dynamodb',
      // What may be done there is the matter of the functions' roles.
      letsThrough({ Action: 'dynamodb:*', Resource: { 'Fn::Sub': tables }, Condition: ofThisAccount }),
    ),
    S3Endpoint: gateway(
      's3',
      // The answers to CloudFormation, at an address that it has signed itself.
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
      letsThrough({
        Action: 's3:PutObject',
        Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::cloudformation-custom-resource-response-*/*` },
      }),
    ),
    SecretsEndpoint: {
      Condition: 'IsProduction',
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: vpc,
        VpcEndpointType: 'Interface',
        ServiceName: { 'Fn::Sub': `com.amazonaws.\${AWS::Region}.secretsmanager` },
        SubnetIds: isolatedSubnets.map((id) => ({ Ref: id })),
        SecurityGroupIds: [{ Ref: 'EndpointGroup' }],
        // For the whole network, so that event source mappings use it too.
        PrivateDnsEnabled: true,
        PolicyDocument: letsThrough({
          Action: 'secretsmanager:GetSecretValue',
          Resource: secrets.map((id) => ({ Ref: id })),
          Condition: ofThisAccount,
        }),
      },
    },
    EndpointGroup: {
      Condition: 'IsProduction',
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: 'The endpoint of Secrets Manager', VpcId: vpc },
    },
    SecretsFromFunctions: entrance('FunctionGroup'),
    SecretsFromEventSources: entrance('BrokerGroup'),
  };
}

const STAGE = `\${Stage}`;

const gateway = (service: string, policy: Json): Resource => ({
  Type: 'AWS::EC2::VPCEndpoint',
  Properties: {
    VpcId: vpc,
    VpcEndpointType: 'Gateway',
    ServiceName: { 'Fn::Sub': `com.amazonaws.\${AWS::Region}.${service}` },
    RouteTableIds: [...zones.map((zone) => `PrivateRoutes${zone}`), 'IsolatedRoutes'].map((id) => ({
      Ref: id,
    })),
    PolicyDocument: policy,
  },
});

const entrance = (from: string): Resource => ({
  Condition: 'IsProduction',
  Type: 'AWS::EC2::SecurityGroupIngress',
  Properties: {
    GroupId: { Ref: 'EndpointGroup' },
    SourceSecurityGroupId: { Ref: from },
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
  },
});
