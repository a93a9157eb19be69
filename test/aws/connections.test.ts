import { beforeAll, describe, expect, test } from 'vitest';
import { documents } from '../support/aws/documents.ts';
import { packageFor, type Template } from '../support/aws/package.ts';
import { broker as stack } from '../support/aws/templates.ts';

/**
 * Goal: however many requests come, the broker never has more connections than it takes. Method: packages for each
 * kind of stage, and adds up what may hold one at once.
 */
/** By kind of broker, for a node, as RabbitMQ 4.2 is set up by default. */
// https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-resource-limits-configuration.html
const limits: Readonly<Record<string, number>> = {
  'CLUSTER_MULTI_AZ mq.m7g.large': 500,
  'SINGLE_INSTANCE mq.m7g.medium': 100,
};
/** One that reads, and one that takes its place. */
const perMapping = 2;

/** They read over a connection on which they publish nothing, as the broker blocks that one never. */
const readsBeside = /(?<!-count)-(order|inventory|payment)-dead-letters$/;

const broker = stack.Resources;
// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
const propertiesOf = (type: string, { Resources }: Pick<Template, 'Resources'>): Record<string, any>[] =>
  Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));

/** What CloudFormation chooses for the stage. */
const chosen = (property: unknown, stage: string): string | number => {
  const [condition, inProduction, elsewhere] = (
    property as { 'Fn::If': [string, string | number, string | number] }
  )['Fn::If'];
  expect(condition).toBe('IsProduction');
  return stage === 'prod' ? inProduction : elsewhere;
};
const limitOf = (stage: string): number => {
  const { DeploymentMode, HostInstanceType } = broker.Broker?.Properties ?? {};
  return limits[`${chosen(DeploymentMode, stage)} ${chosen(HostInstanceType, stage)}`] ?? Number.NaN;
};

const templates: Record<string, Template> = {};
beforeAll(async () => {
  for (const stage of ['prod', 'dev']) {
    const packaged = await packageFor(stage);
    templates[stage] = packaged.template;
    packaged.discard();
  }
});

describe.each(['prod', 'dev'])('the stage %s', (stage) => {
  const connected = () =>
    propertiesOf('AWS::Lambda::Function', templates[stage] as Template).filter(
      ({ Environment }) => Environment.Variables.BROKER_SECRET !== '',
    );

  test('leaves a fifth of the connections free that its broker takes', () => {
    const reserved = connected().map(({ FunctionName, ReservedConcurrentExecutions: most }) => {
      expect(most, FunctionName).toBeGreaterThan(0);
      return most * (readsBeside.test(FunctionName) ? 2 : 1);
    });
    const mappings = propertiesOf('AWS::Lambda::EventSourceMapping', templates[stage] as Template).length;
    const most = reserved.reduce((sum, each) => sum + each, 0) + mappings * perMapping;
    expect(most).toBeLessThanOrEqual(limitOf(stage) * 0.8);
    // Nor is most of it given to nobody.
    expect(most).toBeGreaterThan(limitOf(stage) * 0.75);
  });

  test('lets no more requests in at once than a function may answer', () => {
    const [{ MethodSettings: [{ ThrottlingBurstLimit: burst }] = [{}] } = {}] = propertiesOf(
      'AWS::ApiGateway::Stage',
      templates[stage] as Template,
    );
    const named = connected().map(({ FunctionName, ReservedConcurrentExecutions: most }) => [
      FunctionName,
      most,
    ]);
    expect(Object.fromEntries(named)).toMatchObject({
      [`order-saga-${stage}-place-order`]: burst,
      [`order-saga-${stage}-cancel-order`]: burst,
    });
  });
});

test('the documents say how much concurrency a stage reserves, and how much of it the API has', () => {
  const text = documents.replaceAll(/\s+/g, ' ');
  const figures = (stage: string) => {
    const reserved = propertiesOf('AWS::Lambda::Function', templates[stage] as Template).map(
      ({ ReservedConcurrentExecutions: most = 0 }) => most as number,
    );
    return { all: reserved.reduce((sum, most) => sum + most, 0), each: Math.max(...reserved) };
  };
  const [prod, dev] = [figures('prod'), figures('dev')];
  expect(text).toContain(`Reserved concurrency (${prod.all} in \`prod\`, ${dev.all} in any other stage)`);
  expect(text).toContain(`${prod.each} at once each in \`prod\` and ${dev.each} in any other stage`);
});

test('the alarm is raised by more connections than all of them may hold', () => {
  const { Threshold, ...alarm } = broker.BrokerConnections?.Properties ?? {};
  for (const stage of ['prod', 'dev']) expect(chosen(Threshold, stage)).toBe(limitOf(stage) * 0.8);
  expect(alarm).toMatchObject({
    ...{ Namespace: 'AWS/AmazonMQ', MetricName: 'ConnectionCount', Statistic: 'Maximum' },
    ...{ ComparisonOperator: 'GreaterThanThreshold' },
    Dimensions: [{ Name: 'Broker', Value: { 'Fn::Sub': `order-saga-\${Stage}` } }],
  });
});

test('more shards than the broker has connections for are refused, and it is said why', async () => {
  const refused = packageFor('dev', { QUEUE_SHARDS: 'order=16,inventory=16,payment=16' });
  await expect(refused).rejects.toMatchObject({
    stdout: expect.stringContaining('use fewer QUEUE_SHARDS or a larger broker'),
  });
});
