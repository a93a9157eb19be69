import { expect, test } from 'vitest';
import { canMeter } from '../bench/process-meter.ts';
import { Command } from '../support/local-system/start-command.ts';

/**
 * Goal: `npm run bench` measures, counts and judges. Method: a small one, as a person runs it, whose figures have to
 * be possible ones; what a saga takes is known from the choreography.
 */
test('a small benchmark measures what is possible, counts what a saga is known to take, and finds no violation', {
  timeout: 240_000,
}, async () => {
  const args = ['--sagas', '200', '--runs', '1', '--concurrency', '16', '--json'];
  const { exitCode, stdout, stderr } = await new Command('test/bench/bench.ts', args, {}).ended;
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  const json = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');

  expect(json.violations).toBe(0);
  expect(json.sagas).toBe(200);
  expect(json.sagasPerSecond).toBeGreaterThan(5);
  expect(json.sagasPerSecond).toBeLessThan(20_000);
  for (const { latencyMs } of [json, json.oneAtATime, json.openLoop]) {
    expect(latencyMs.p50).toBeGreaterThan(1);
    expect(latencyMs.p95).toBeGreaterThanOrEqual(latencyMs.p50);
    expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p95);
    expect(latencyMs.max).toBeLessThan(60_000);
  }
  if (canMeter) {
    const { total, ...each } = json.cpuSecondsPer1000;
    expect(Object.keys(each).toSorted()).toEqual(['api', 'dynamodb', 'payments', 'rabbitmq']);
    expect(total).toBeGreaterThan(0.5);
    expect(json.peakMB.api).toBeGreaterThan(50);
  }

  const { happy, compensated } = json.perSaga;
  for (const { messages } of [happy.oneAtATime, happy.atConcurrency]) expect(messages).toBe(4);
  for (const { messages } of [compensated.oneAtATime, compensated.atConcurrency]) expect(messages).toBe(5);
  expect(happy.oneAtATime.invocations).toEqual({
    authorizer: 1,
    inventory: 1,
    order: 1,
    payment: 1,
    'place-order': 1,
  });
  // Three records are written twice, placed and ended, charging and charged, and once; two SKUs and three index entries beside them.
  expect(happy.oneAtATime.writeUnits).toBeGreaterThanOrEqual(10);
  expect(happy.oneAtATime.writeUnits).toBeLessThan(30);
  expect(compensated.oneAtATime.writeUnits).toBeGreaterThan(happy.oneAtATime.writeUnits);
  // Sagas under way at once share calls.
  expect(sum(happy.atConcurrency.databaseCalls)).toBeLessThan(sum(happy.oneAtATime.databaseCalls) / 2);
  expect(json.usdPerMillionSagas.happy.oneAtATime).toBeGreaterThan(5);
});

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

test('arguments that make no sense are one plain line and exit code 2', async () => {
  const { exitCode, stdout, stderr } = await new Command('test/bench/bench.ts', ['--sagas', 'many'], {})
    .ended;
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd()).toMatch(/^--sagas many: [^\n]+$/);
});
