import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { brokerSecretOf } from '../../infra/aws/templates/broker.ts';
import { functionIdOf } from '../../infra/aws/templates/logical-ids.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { type Packaged, packageFor } from '../support/aws/package.ts';
import { flawsOf } from '../support/aws/schema.ts';

/** Goal: what is deployed reads every shard. Method: packages for prod with a setting, and reads the template. */
const setting = 'inventory=4,payment=2';
let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageFor('prod', { QUEUE_SHARDS: setting });
}, 60_000);
afterAll(() => packaged?.discard());

// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
const propertiesOf = (type: string): Record<string, any>[] =>
  Object.values(packaged.template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);

test('each shard has an event source mapping of its service’s function, with its credentials', () => {
  const mappings = propertiesOf('AWS::Lambda::EventSourceMapping');
  const read = mappings.map(({ Queues, FunctionName, SourceAccessConfigurations, BatchSize, ...rest }) => [
    Queues[0],
    FunctionName['Fn::GetAtt'][0],
    SourceAccessConfigurations[0].URI['Fn::ImportValue'],
    BatchSize,
    rest.MaximumBatchingWindowInSeconds,
  ]);
  const all = (service: string, shards: readonly string[]) =>
    shards.map((shard) => [
      `${service}${shard}`,
      functionIdOf(service),
      `order-saga-prod-${brokerSecretOf(service)}`,
      ...[100, 0],
    ]);
  const sharded = new Map([
    ['inventory', ['.0', '.1', '.2', '.3']],
    ['payment', ['.0', '.1']],
  ]);
  expect(read).toEqual(shop.services.flatMap((service) => all(service, sharded.get(service) ?? [''])));
  const { queues } = topologyOf(
    shop,
    parseRetryDelays(DEFAULT_RETRY_DELAYS),
    parseQueueShards(shop, setting),
  );
  const names = queues.map(({ name }) => name);
  for (const [queue] of read) expect(names).toContain(queue);
  expect(packaged.template.Resources.EventSourceGone?.Properties.Threshold).toBe(read.length);
});

test('they can all run at once, with one in reserve; CloudFormation knows everything', () => {
  const reserved = propertiesOf('AWS::Lambda::Function').map(
    ({ FunctionName, ReservedConcurrentExecutions }) => [FunctionName, ReservedConcurrentExecutions],
  );
  expect(Object.fromEntries(reserved)).toMatchObject({
    'order-saga-prod-order': 2,
    'order-saga-prod-inventory': 5,
    'order-saga-prod-payment': 3,
  });
  for (const [name, { Type, Properties }] of Object.entries(packaged.template.Resources)) {
    expect(flawsOf(name, Type, Properties)).toEqual([]);
  }
});

test('the function that applies the topology is told, and a deployment with another setting calls it again', async () => {
  const topology = propertiesOf('AWS::Lambda::Function').find(
    ({ FunctionName }) => FunctionName === 'order-saga-prod-topology',
  );
  expect(topology?.Environment.Variables.QUEUE_SHARDS).toBe(setting);
  const other = await packageFor('prod', { QUEUE_SHARDS: 'inventory=2,payment=2' });
  try {
    const [{ Digest } = {}] = propertiesOf('Custom::BrokerTopology');
    expect(Digest).toMatch(/^[0-9a-f]{64}$/);
    expect(other.template.Resources.Topology?.Properties.Digest).not.toBe(Digest);
  } finally {
    other.discard();
  }
});

test('nonsense is refused in one line', async () => {
  const refused = packageFor('prod', { QUEUE_SHARDS: 'inventory=3' });
  await expect(refused).rejects.toMatchObject({
    stdout: expect.stringContaining('QUEUE_SHARDS cannot be used: "inventory=3" is neither 1, 2, 4, 8, 16'),
  });
});
