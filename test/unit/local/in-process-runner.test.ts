import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import InProcessRunner from '../../../infra/local/in-process-runner.ts';

let codeDir: string;

beforeAll(() => {
  codeDir = mkdtempSync(join(tmpdir(), 'order-saga-runner-'));
  writeFileSync(
    join(codeDir, 'functions.mjs'),
    `let calls = 0;
     export const count = async () => ++calls;
     export const slow = () => new Promise(() => {});
     export const fail = async () => { throw new Error('no'); };
     export const refuse = async () => { throw new Error('Unauthorized'); };
     export const read = async (name) => process.env[name];
     export const remaining = async (_, context) => [context.awsRequestId, context.getRemainingTimeInMillis()];`,
  );
});
afterAll(() => rmSync(codeDir, { recursive: true }));

const runner = (name: string, environment = {}, timeout = 5_000) =>
  new InProcessRunner({ codeDir, functionKey: name, handler: `functions.${name}`, timeout }, environment);

test('a function outlives its invocations, and is given its event, its context and its environment', async () => {
  const count = runner('count');
  expect([await count.run({}, {}), await count.run({}, {})]).toEqual([1, 2]);
  expect(await runner('read', { RUNNER_TEST_A: 'a' }).run('RUNNER_TEST_A', {})).toBe('a');
  const [requestId, remainingMs] = (await runner('remaining').run({}, { awsRequestId: 'r' })) as [
    string,
    number,
  ];
  expect(requestId).toBe('r');
  expect(remainingMs).toBeGreaterThan(4_000);
  expect(remainingMs).toBeLessThanOrEqual(5_000);
});

test('what a function throws is thrown, and a function that takes too long is a timeout', async () => {
  await expect(runner('fail').run({}, {})).rejects.toThrow('no');
  await expect(runner('slow', {}, 20).run({}, {})).rejects.toThrow('[504] - Lambda timeout.');
});

test('an authorizer that fails is no authorizer that refuses', async () => {
  const request = { type: 'TOKEN', authorizationToken: 'Bearer a.b.c' };
  await expect(runner('refuse').run(request, {})).rejects.toThrow('Unauthorized');
  const complaint = vi.spyOn(console, 'error').mockReturnValue();
  // serverless-offline answers 500 if the context is none.
  expect(await runner('fail').run(request, {})).toMatchObject({ context: 'the authorizer failed' });
  expect(complaint).toHaveBeenCalledWith('fail:', new Error('no'));
  complaint.mockRestore();
});

test('two functions that want different values of one variable are refused, but for who they are', async () => {
  await runner('count', { RUNNER_TEST_B: '1', AWS_LAMBDA_FUNCTION_NAME: 'x' }).run({}, {});
  await runner('read', { RUNNER_TEST_B: '1', AWS_LAMBDA_FUNCTION_NAME: 'y' }).run('A', {});
  await expect(runner('fail', { RUNNER_TEST_B: '2' }).run({}, {})).rejects.toThrow(
    'fail wants another RUNNER_TEST_B than the functions loaded before it',
  );
});

test('a handler that is not there is named', async () => {
  await expect(runner('nothing').run({}, {})).rejects.toThrow('nothing: functions.nothing is not a function');
  const lost = new InProcessRunner(
    { codeDir, functionKey: 'lost', handler: 'no/where.handler', timeout: 1 },
    {},
  );
  await expect(lost.run({}, {})).rejects.toThrow('lost: there is no module for no/where.handler');
});
