import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../../infra/local/project.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';
import { templateSchema } from '../support/aws/package.ts';
import { type Recorder, startRecorder } from '../support/aws/recorder.ts';

/**
 * Goal: `sls deploy --stage localstack` needs no more than an endpoint, and asks it for what LocalStack has without
 * an account. Method: deploys to a server that records every call; it says nothing about what LocalStack answers.
 */
let recorder: Recorder;
beforeAll(async () => {
  recorder = await startRecorder();
  const sls = join(projectDir, 'node_modules/serverless/bin/serverless.js');
  await promisify(execFile)(process.execPath, [sls, 'deploy', '--stage', 'localstack'], {
    cwd: projectDir,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME },
      ...{ AWS_ENDPOINT_URL: recorder.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    },
  });
}, 120_000);
afterAll(() => recorder?.end());

const functions = Object.keys(readConfiguration(shop, 'prod').functions);
const uploaded = (suffix: string) => [...recorder.uploads].find(([path]) => path.endsWith(suffix))?.[1];

describe('a deployment to LocalStack', () => {
  test('makes the stack, uploads every archive, and then changes the stack', () => {
    const steps = recorder.calls.filter((call) => /^(Create|Execute|Update|Validate|Delete)/.test(call));
    expect(steps).toEqual([
      ...['CreateChangeSet', 'ExecuteChangeSet', 'ValidateTemplate'],
      ...['DeleteChangeSet', 'CreateChangeSet', 'ExecuteChangeSet'],
    ]);
    for (const name of functions) expect(uploaded(`/${name}.zip`)?.length, name).toBeGreaterThan(10_000);
    const lastUpload = recorder.calls.findLastIndex((call) => call.startsWith('PUT '));
    expect(lastUpload).toBeGreaterThan(recorder.calls.indexOf('CreateChangeSet'));
    expect(lastUpload).toBeLessThan(recorder.calls.lastIndexOf('ExecuteChangeSet'));
  });

  test('asks CloudFormation, S3, STS and Lambda, and nobody else', () => {
    const known =
      /^(\w*Stack\w*|\w*ChangeSet|ValidateTemplate|GetCallerIdentity|(PUT|GET|HEAD|POST) \/(recorded-bucket|2015-03-31\/functions)\S*)$/;
    expect(recorder.calls.filter((call) => !known.test(call))).toEqual([]);
  });

  test('has no resource that LocalStack’s free edition lacks, and no function in a network or with a secret', () => {
    const text = uploaded('/compiled-cloudformation-template.json')?.toString() ?? '{}';
    const { Resources } = templateSchema.parse(JSON.parse(text));
    const types = new Set(Object.values(Resources).map(({ Type }) => Type));
    for (const type of types)
      expect(type).not.toMatch(/WAFv2|AmazonMQ|EventSourceMapping|EC2|Dashboard|Custom::/);
    expect(types).toContain('AWS::Lambda::Function');
    // By these test/localstack finds where it was deployed to.
    const propertiesOf = (type: string) =>
      Object.values(Resources).find(({ Type }) => Type === type)?.Properties;
    expect(propertiesOf('AWS::ApiGateway::RestApi')).toMatchObject({ Name: 'localstack-order-saga' });
    expect(propertiesOf('AWS::ApiGateway::Stage')).toMatchObject({ StageName: 'localstack' });
    expect(text).not.toMatch(/VpcConfig|Fn::ImportValue|resolve:/);
  });
});
