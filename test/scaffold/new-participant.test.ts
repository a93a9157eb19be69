import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pascalCase } from '../../engine/saga/names.ts';
import { makeCarrier } from './carrier.ts';
import { linesOf, type ScratchCopy, scratchCopy } from './scratch-copy.ts';

/**
 * Goal: a new participant is a folder and an entry. Method: in a copy of the project a participant is made by the command
 * and a few lines by hand, and everything that the project proves of its own participants is run on it, unchanged.
 */
const MAX_SCAFFOLDED_LINES = 150;
const MAX_LINES_BY_HAND = 80;
const MAX_FILES_BY_HAND = 4;
const SEEDS = 5_000;

/** Each crash point of some sagas. A cancellation at each stage of them takes the gate's own stage. */
const crashSome = `
  import { crashEverywhere } from './test/simulation/crash-points/in-threads.ts';
  const wanted = ['happy', 'out-of-stock', 'declined', 'deadline'];
  const { units, singles, pairs } = await crashEverywhere(({ scenario }) => wanted.includes(scenario));
  console.log(JSON.stringify({ singles, pairs, broken: units.flatMap(({ broken }) => broken).length }));
  process.exit(0);
`;

/** Bugs of a participant's own: what becomes of a decision that was right. */
const bugs = {
  'a refusal is taken for a success':
    "input.type === 'call.refused' ? decide(state, { type: 'call.done', answer: input.answer }) : decision",
  'what was done is said to be undone and is not':
    "decision.effect?.call === 'undo' ? decide({ ...state, status: 'UNDOING' }, { type: 'undo.done', answer: {} }) : decision",
  'nobody is told that it is done':
    "decision.state?.status === 'DONE' ? { ...decision, says: [] } : decision",
  'no tombstone is left':
    "decision.state?.status === 'VOID' ? { kind: 'ignore', reason: 'a bug' } : decision",
} as const;

const bin = (name: string) => join('node_modules/.bin', name);

describe.each([
  { service: 'shipping', after: 'payment.captured' },
  { service: 'kite', after: 'stock.reserved' },
])('$service, after $after', ({ service, after }) => {
  let copy: ScratchCopy;
  const code = service;

  beforeAll(async () => {
    copy = scratchCopy();
    await copy.run(process.execPath, 'infra/scaffold/new.ts', 'participant', service, '--after', after);
    expect(linesOf(copy.changes())).toBeLessThanOrEqual(MAX_SCAFFOLDED_LINES);
    copy.commit();
    makeCarrier(copy, service, code);
    await copy.run(bin('biome'), 'check', '--write', 'functions', `test/unit/${service}`);
    const byHand = copy.changes();
    console.log(`${service}: ${linesOf(byHand)} lines by hand in ${[...byHand.keys()].join(', ')}`);
    expect(linesOf(byHand)).toBeLessThanOrEqual(MAX_LINES_BY_HAND);
    expect(byHand.size).toBeLessThanOrEqual(MAX_FILES_BY_HAND);
    copy.commit();
  });
  afterAll(() => copy?.end());

  test('compiles, keeps the rules of the project, and its decision passes its test', async () => {
    await copy.run(bin('tsc'), '--noEmit');
    await copy.run(bin('biome'), 'check', '--error-on-warnings', 'functions', 'test/unit', 'infra');
    await copy.run(
      bin('vitest'),
      'run',
      '--project',
      'unit',
      `test/unit/${service}`,
      'test/unit/choreography',
    );
  });

  test(`is simulated with everything else: ${SEEDS} seeds break no promise`, async () => {
    const printed = await copy.run(
      process.execPath,
      'test/simulation/simulate.ts',
      '--seeds',
      String(SEEDS),
      '--json',
    );
    expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toMatchObject({ violations: 0 });
  });

  test('survives a crash at every point of the happy saga, of a refused one, and of one past its deadline', async () => {
    copy.write('crash-some.ts', crashSome);
    const printed = await copy.run(process.execPath, 'crash-some.ts');
    const figures = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    console.log(`${service}: crash points ${JSON.stringify(figures)}`);
    expect(figures.broken).toBe(0);
    expect(figures.pairs).toBeGreaterThan(1_000);
  });

  test('runs for real: books, refuses, refunds, restocks, is recalled, and the books balance', async () => {
    cpSync(
      join(import.meta.dirname, 'carrier.integration.ts'),
      join(copy.folder, 'test/integration/carrier.test.ts'),
    );
    await copy.run(bin('vitest'), 'run', '--project', 'integration', 'test/integration/carrier.test.ts');
  });

  test.each(Object.entries(bugs))('the simulation finds the planted bug that %s', async (_, becomes) => {
    const file = `functions/${service}/${service}.ts`;
    const right = copy.read(file);
    copy.edit(
      file,
      `=> externalParticipant(${service}Step, outside);`,
      `=> {
        const { decide, ...participant } = externalParticipant(${service}Step, outside);
        return { ...participant, decide: (state, input) => { const decision = decide(state, input); return ${becomes}; } };
      };`,
    );
    try {
      const printed = await copy.run(process.execPath, 'test/simulation/planted/find.ts', '1', '2000');
      expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toMatchObject({
        afterSeeds: expect.any(Number),
      });
    } finally {
      copy.write(file, right);
    }
  });

  test('is in the package for AWS and in its stacks', async () => {
    await copy.run(bin('sls'), 'package', '--stage', 'prod');
    const template = copy.read('.serverless/cloudformation-template-update-stack.json');
    for (const name of [
      service,
      `${service}-dead-letters`,
      `count-${service}-dead-letters`,
      'get-shipment',
    ]) {
      expect(template).toContain(`order-saga-prod-${name}"`);
    }
    const { scripts } = JSON.parse(copy.read('package.json'));
    const stack = (name: string) => copy.run('sh', '-c', `${scripts.template} ${name}`);
    expect(await stack('tables')).toContain(`${pascalCase(service)}Table`);
    expect(await stack('broker')).toContain(`${pascalCase(service)}BrokerSecret`);
    expect(await stack('alarms')).toContain(pascalCase(service));
  });
});
