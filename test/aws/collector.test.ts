import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Packaged, packageFor } from '../support/aws/package.ts';
import { shortName, template } from '../support/aws/production.ts';

/** Goal: where spans are wanted they get to CloudWatch. Method: packages for prod with the setting, and reads the template. */
const OTEL_EXPORTER_OTLP_ENDPOINT = 'https://xray.eu-central-1.amazonaws.com';
let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageFor('prod', { OTEL_EXPORTER_OTLP_ENDPOINT });
}, 120_000);
afterAll(() => packaged?.discard());

// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
const functionsIn = ({ Resources }: typeof template): Record<string, any>[] =>
  Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Lambda::Function' ? [Properties] : [],
  );
/** All but the one that administers the broker, which makes no spans. */
const tracing = () =>
  functionsIn(packaged.template).filter((properties) => shortName(properties) !== 'topology');
const roleOf = ({ Resources }: typeof template, { Role }: ReturnType<typeof functionsIn>[number]) =>
  JSON.stringify(Resources[Role['Fn::GetAtt'][0]]);

test('each function knows the address, and its role may send spans and no more than that', () => {
  expect(tracing().length).toBeGreaterThan(20);
  for (const each of tracing()) {
    expect(each.Environment.Variables).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT });
    const actions = roleOf(packaged.template, each).match(/xray:\w+/g);
    expect(actions, each.FunctionName).toEqual([
      ...['xray:PutSpans', 'xray:PutSpansForIndexing', 'xray:PutTraceSegments'],
    ]);
  }
});

// Fails where a consumer stays in a subnet without a way out: half of each trace would be lost.
test('each function in the network has a way to the collector', () => {
  const inside = tracing().filter(({ VpcConfig }) => VpcConfig !== undefined);
  expect(inside.length).toBeGreaterThan(3);
  for (const { FunctionName, VpcConfig } of inside)
    expect(JSON.stringify(VpcConfig.SubnetIds), FunctionName).not.toContain('IsolatedSubnet');
});

test('who administers the broker stays where it is, and sends none', () => {
  const topology = functionsIn(packaged.template).filter(
    (properties) => shortName(properties) === 'topology',
  );
  expect(topology).toHaveLength(1);
  for (const each of topology) {
    expect(JSON.stringify(each.VpcConfig.SubnetIds)).not.toContain('PrivateSubnet');
    expect(roleOf(packaged.template, each)).not.toContain('xray:');
  }
});

test('where none are wanted no role may send any, and the subnets stay closed', () => {
  const functions = functionsIn(template);
  for (const each of functions) expect(roleOf(template, each)).not.toContain('xray:');
  expect(JSON.stringify(functions)).toContain('IsolatedSubnet');
});
