import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readScenario, scenarioNames } from '../../../infra/local/saga/scenario.ts';
import { differences, filledIn, partOf } from '../../../infra/local/saga/variables.ts';

describe('what a step expects', () => {
  test.each([
    [{ status: 200 }, { status: 200, body: 1 }, []],
    [{ status: 200 }, { status: 404 }, ['answer.status is 404 instead of 200']],
    [{ body: { a: 1 } }, { body: undefined }, ['answer.body is undefined instead of {"a":1}']],
    [{ items: [1, 2] }, { items: [1] }, ['answer.items has 1 elements instead of 2']],
    [{ items: { includes: { id: 2 } } }, { items: [{ id: 1 }, { id: 2, x: 1 }] }, []],
    [{ items: { includes: { id: 3 } } }, { items: [{ id: 1 }] }, ['answer.items includes no {"id":3}']],
    [null, undefined, ['answer is undefined instead of null']],
  ])('%j of %j', (expected, actual, wrong) => {
    expect(differences(expected, actual)).toEqual(wrong);
  });
});

describe('$name', () => {
  test('becomes what was kept, as it was, or part of a text', () => {
    const variables = { run: 'x1', order: { id: 7 } };
    expect(filledIn({ a: ['$order', 'mug-$run-$run'] }, variables)).toEqual({ a: [{ id: 7 }, 'mug-x1-x1'] });
    expect(partOf({ body: { items: [{ id: 7 }] } }, 'body.items.0.id')).toBe(7);
  });

  test('that nothing was kept as is an error', () => {
    expect(() => filledIn('of $nobody', {})).toThrow('nothing was kept as $nobody');
    expect(() => filledIn('$toString', {})).toThrow('nothing was kept as $toString');
  });
});

describe('scenario files', () => {
  test('that come with the project can all be read', () => {
    expect(scenarioNames()).toEqual(
      expect.arrayContaining([
        'happy',
        'declined',
        'sold-out',
        'cancelled',
        'duplicate-delivery',
        'out-of-order',
      ]),
    );
    for (const name of scenarioNames()) expect(readScenario(name).steps.length).toBeGreaterThan(3);
  });

  test('of one’s own are read by their path, and what is wrong with one is said', () => {
    const folder = mkdtempSync(join(tmpdir(), 'order-saga-scenario-'));
    try {
      const file = join(folder, 'mine.yml');
      writeFileSync(file, 'about: mine\nsteps:\n  - step: look\n    invoke: list-stock\n    as: alice\n');
      expect(readScenario(file)).toMatchObject({
        name: 'mine',
        steps: [{ invoke: 'list-stock', method: 'GET' }],
      });
      writeFileSync(file, 'about: mine\nsteps:\n  - step: look\n    invoque: list-stock\n');
      expect(() => readScenario(file)).toThrow(/mine\.yml: /);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(() => readScenario('hapy')).toThrow('There is no scenario hapy');
  });
});
