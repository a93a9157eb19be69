import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { brokerSecretOf } from '../../infra/aws/templates/broker.ts';
import { functionIdOf } from '../../infra/aws/templates/logical-ids.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { broker, propertiesOf, shortName, template } from '../support/aws/production.ts';

/** Goal: whatever calls a function does so as was decided. Method: reads the packaged template. */
describe('events', () => {
  test('every event source mapping reads an existing queue as its own service, without waiting', () => {
    const { queues } = topologyOf(shop, parseRetryDelays(DEFAULT_RETRY_DELAYS));
    const mappings = propertiesOf('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(shop.services.length);
    for (const [, properties] of mappings) {
      const [queue] = properties.Queues;
      expect(queues.map(({ name }) => name)).toContain(queue);
      expect(properties).toMatchObject({
        FunctionName: { 'Fn::GetAtt': [functionIdOf(queue), 'Arn'] },
        EventSourceArn: { 'Fn::ImportValue': 'order-saga-prod-BrokerArn' },
        SourceAccessConfigurations: [
          { Type: 'BASIC_AUTH', URI: { 'Fn::ImportValue': `order-saga-prod-${brokerSecretOf(queue)}` } },
        ],
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 0,
      });
      expect(template.Resources[functionIdOf(queue)]).toMatchObject({
        DependsOn: expect.arrayContaining(['Topology']),
      });
    }
  });

  test('a mapping that has stopped reading its queue is missed, and so is a broker that says nothing', () => {
    expect(template.Resources.EventSourceGone?.Properties).toMatchObject({
      ...{ Namespace: 'AWS/AmazonMQ', MetricName: 'ConsumerCount', TreatMissingData: 'breaching' },
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: shop.services.length },
      Dimensions: [{ Name: 'Broker', Value: 'order-saga-prod' }],
    });
    const [[, { BrokerName }] = ['', { BrokerName: undefined }]] = propertiesOf(
      'AWS::AmazonMQ::Broker',
      broker,
    );
    expect(BrokerName).toEqual({ 'Fn::Sub': `order-saga-\${Stage}` });
  });

  const scheduled = ['nudge-orders', ...shop.services.map((service) => `count-${service}-dead-letters`)];
  const invoked = (id: string) => shortName(template.Resources[id]?.Properties ?? {});
  const invokedBy = ({ Targets }: ReturnType<typeof propertiesOf>[number][1]) =>
    invoked(Targets[0].Arn['Fn::GetAtt'][0]);

  test('the schedules run every minute', () => {
    const rules = propertiesOf('AWS::Events::Rule')
      .map(([, rule]) => [invokedBy(rule), rule])
      .filter(([name]) => name !== 'reconcile' && name !== 'retain');
    const everyMinute = { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' };
    expect(Object.fromEntries(rules)).toEqual(
      Object.fromEntries(scheduled.map((name) => [name, expect.objectContaining(everyMinute)])),
    );
  });

  test('a day is reconciled in the night after it, after a week and after five, within one hour', () => {
    const rules = propertiesOf('AWS::Events::Rule').filter(([, rule]) => invokedBy(rule) === 'reconcile');
    const found = rules.map(([, { State, ScheduleExpression, Targets }]) => {
      const { InputPathsMap: paths, InputTemplate: template } = Targets[0].InputTransformer;
      const event = JSON.parse(template.replace('<time>', JSON.stringify(paths.time)));
      return [State, ScheduleExpression, event];
    });
    expect(found).toEqual(
      [0, 7, 35].map((daysAgo, run) => [
        ...['ENABLED', `cron(${run * 10} 4 * * ? *)`],
        { time: '$.time', daysAgo },
      ]),
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

  test('every method asks the authorizer, but for those that say what the API is and the one that Stripe signs', () => {
    const methods = propertiesOf('AWS::ApiGateway::Method');
    expect(methods.length).toBeGreaterThan(14);
    const open = methods.filter(([, { AuthorizationType }]) => AuthorizationType === 'NONE');
    expect(Object.fromEntries(open)).toMatchObject({
      ApiGatewayMethodHealthGet: { HttpMethod: 'GET' },
      ApiGatewayMethodWebhooksStripePost: { HttpMethod: 'POST' },
    });
    expect(open.map(([name]) => name.replace(/^ApiGatewayMethod|Get$|Post$/g, '')).toSorted()).toEqual([
      ...['Asyncapijson', 'Docs', 'Health', 'Openapijson', 'WebhooksStripe'],
    ]);
    for (const [name, { AuthorizationType, AuthorizerId }] of methods) {
      if (AuthorizationType === 'NONE') continue;
      expect([AuthorizationType, AuthorizerId], name).toEqual([
        'CUSTOM',
        { Ref: 'AuthorizerApiGatewayAuthorizer' },
      ]);
    }
  });

  test('the page of the local system is not deployed', () => {
    expect(
      propertiesOf('AWS::Lambda::Function').map(([, properties]) => shortName(properties)),
    ).not.toContain('front-page');
    expect(JSON.stringify(template)).not.toContain('FRONT_PAGE');
    const atRoot = propertiesOf('AWS::ApiGateway::Method').filter(([, { ResourceId }]) =>
      JSON.stringify(ResourceId).includes('RootResourceId'),
    );
    expect(atRoot).toEqual([]);
  });
});
