import { describe, expect, test } from 'vitest';
import { costOf, orchestration, totalOf } from '../../bench/cost.ts';
import { perSaga, Tally } from '../../bench/counting/counts.ts';
import { invocationsOf } from '../../bench/counting/invocations.ts';

const counted = {
  invocations: { authorizer: 2, 'place-order': 2, order: 1 },
  billedMs: 40,
  databaseCalls: { PutItem: 4 },
  items: 6,
  readUnits: 2,
  writeUnits: 26,
  messages: 8,
  messageBytes: 3_000,
};

describe('what sagas took', () => {
  test('is summed from what was heard', () => {
    const tally = new Tally();
    tally.called({ operation: 'PutItem', items: 1, readUnits: 0, writeUnits: 3 });
    tally.called({ operation: 'GetItem', items: 1, readUnits: 0.5, writeUnits: 0 });
    tally.called({ operation: 'PutItem', items: 1, readUnits: 0, writeUnits: 1 });
    tally.published(400);
    tally.published(100);
    expect(tally.heard).toBe(5);
    const invocations = [
      { functionName: 'order', milliseconds: 1.01 },
      { functionName: 'order', milliseconds: 3 },
    ];
    expect(tally.counts(invocations)).toEqual({
      invocations: { order: 2 },
      billedMs: 5,
      databaseCalls: { GetItem: 1, PutItem: 2 },
      items: 3,
      readUnits: 0.5,
      writeUnits: 4,
      messages: 2,
      messageBytes: 500,
    });
    tally.reset();
    expect(tally.counts([])).toMatchObject({ databaseCalls: {}, writeUnits: 0, messages: 0 });
  });

  test('is divided by how many there were', () => {
    expect(perSaga(counted, 2)).toEqual({
      invocations: { authorizer: 1, 'place-order': 1, order: 0.5 },
      billedMs: 20,
      databaseCalls: { PutItem: 2 },
      items: 3,
      readUnits: 1,
      writeUnits: 13,
      messages: 4,
      messageBytes: 1_500,
    });
  });

  test('invocations are read from the lines of the log, and from nothing else', () => {
    const log = [
      'offline: (λ: place-order) RequestId: 1f2e-3d  Duration: 12.34 ms  Billed Duration: 13 ms',
      'something (λ: order) else 12 ms',
      '(λ: order) RequestId: 77  Duration: 0.50 ms  Billed Duration: 1 ms',
    ].join('\n');
    expect(invocationsOf(log)).toEqual([
      { functionName: 'place-order', milliseconds: 12.34 },
      { functionName: 'order', milliseconds: 0.5 },
    ]);
  });
});

describe('what a million sagas cost', () => {
  test('is counts times prices', () => {
    const lines = costOf(perSaga(counted, 2));
    expect(lines.map(({ what, usd }) => [what, Number(usd.toFixed(4))])).toEqual([
      ['API Gateway requests', 3.5],
      ['Lambda requests', 0.5],
      // 20 ms of half a GB, a million times, are 10,000 GB-seconds.
      ['Lambda duration', 0.1333],
      ['DynamoDB write units', 8.125],
      ['DynamoDB read units', 0.125],
    ]);
    expect(totalOf(lines)).toBeCloseTo(12.3833, 3);
    expect(lines[0]?.arithmetic).toBe('1 × $3.5');
  });

  test('an orchestrator charges for each step, and a durable execution for its start as well', () => {
    expect(orchestration('happy').map(({ usd }) => usd)).toEqual([75, 32]);
    expect(orchestration('compensated').map(({ usd }) => usd)).toEqual([100, 40]);
  });
});
