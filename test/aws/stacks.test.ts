import { describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { MAX_MESSAGE_BYTES } from '../../infra/broker/message-size.ts';
import { secretsOf } from '../../infra/functions/variables.ts';
import { broker, ofType, propertiesOf, tables, templates } from '../support/aws/production.ts';

/** Goal: data and broker outlive mistakes and are nobody else's. Method: reads the templates of their stacks. */
describe('what is kept', () => {
  test('tables are on demand, encrypted, recoverable, protected in production, and forget entries of the audit alone', () => {
    const found = propertiesOf('AWS::DynamoDB::Table', tables);
    expect(found).toHaveLength(shop.services.length);
    for (const [, properties] of found) {
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: { 'Fn::If': ['IsProduction', true, false] },
      });
      // Only entries of the audit have it.
      expect(properties.TimeToLiveSpecification).toEqual({ AttributeName: 'auditExpires', Enabled: true });
    }
  });

  // Fails with Retain: a stack that could not be made leaves tables behind whose names stop the next attempt.
  test('tables, broker and secrets outlive their stacks, unless the stack was never made', () => {
    const kept = [
      ...ofType('AWS::DynamoDB::Table', tables),
      ...ofType('AWS::S3::Bucket', tables),
      ...ofType('AWS::AmazonMQ::Broker', broker),
      ...ofType('AWS::SecretsManager::Secret', broker),
    ];
    // A table and a broker user each, the audit’s bucket, the broker and its administrator, and the keys for the outside.
    expect(kept).toHaveLength(2 * shop.services.length + 3 + secretsOf(shop).length);
    for (const [name, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect([DeletionPolicy, UpdateReplacePolicy], name).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });

  test('topics and buckets are encrypted, which secrets always are', () => {
    for (const from of templates) {
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

  // Lambda's event source mapping drops a message that alone is larger than an event.
  test('takes no message that no event could hold', () => {
    const [[id, configuration] = []] = propertiesOf('AWS::AmazonMQ::Configuration', broker);
    const [[, { Configuration }] = ['', {}]] = propertiesOf('AWS::AmazonMQ::Broker', broker);
    expect(Configuration).toEqual({ Id: { Ref: id }, Revision: { 'Fn::GetAtt': [id, 'Revision'] } });
    expect(configuration).toMatchObject({
      ...{ EngineType: 'RABBITMQ', EngineVersion: '4.2' },
      Data: { 'Fn::Base64': `max_message_size = ${MAX_MESSAGE_BYTES}` },
    });
  });

  test('lets in functions and event source mappings over TLS, and nobody else', () => {
    const doors = propertiesOf('AWS::EC2::SecurityGroupIngress', broker).map(
      ([, door]) => `${door.SourceSecurityGroupId?.Ref} to ${door.GroupId.Ref}: ${door.FromPort}`,
    );
    expect(doors.filter((door) => door.includes('to BrokerGroup')).toSorted()).toEqual([
      'AdministratorGroup to BrokerGroup: 443',
      'BrokerGroup to BrokerGroup: 5671',
      'FunctionGroup to BrokerGroup: 5671',
    ]);
    for (const [, group] of propertiesOf('AWS::EC2::SecurityGroup', broker)) {
      expect(group.SecurityGroupIngress).toBeUndefined();
    }
  });
});
