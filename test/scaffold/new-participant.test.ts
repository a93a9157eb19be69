import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { pascalCase } from '../../engine/saga/names.ts';
import { planted } from '../simulation/planted/planter/planted.ts';
import { listenerBugs, type Planted, stepBugs } from './bugs.ts';
import { makeCarrier } from './carrier.ts';
import { makeMail } from './mail.ts';
import { linesOf, type ScratchCopy, scratchCopy } from './scratch-copy.ts';

/**
 * Goal: a new participant is a folder and an entry. Method: in a copy of the project a participant is made by the command
 * and a few lines by hand, and everything that the project proves of its own participants is run on it, unchanged.
 */
const MAX_SCAFFOLDED_LINES = 150;
const MAX_LINES_BY_HAND = 80;
const MAX_FILES_BY_HAND = 4;
const SEEDS = 5_000;
/** What keeps every core busy by itself takes longer on a machine that is busy already. */
const LONG = { timeout: 900_000 };

/** What a person makes of what the command has written. */
interface Kind {
  readonly record: string;
  readonly byHand: (copy: ScratchCopy, service: string) => void;
  /** The test of the whole system, beside this one. */
  readonly runs: string;
  readonly bugs: (file: string, code: string) => Readonly<Record<string, Planted>>;
  /** How often it is crashed while something goes wrong with it: when it refuses, and when it undoes what it has done. */
  readonly crashes: { readonly refused: number; readonly recalled: number };
}

const carrier: Kind = {
  record: 'shipment',
  byHand: makeCarrier,
  runs: 'carrier.integration.ts',
  bugs: stepBugs,
  crashes: { refused: 1, recalled: 2 },
};
const mail: Kind = {
  record: 'mail',
  byHand: makeMail,
  runs: 'mail.integration.ts',
  bugs: listenerBugs,
  crashes: { refused: 0, recalled: 0 },
};

const Crashed = z.object({
  scenarios: z.array(z.string()),
  recalls: z.int(),
  singles: z.int(),
  pairs: z.int(),
  broken: z.array(z.unknown()),
});

const bin = (name: string) => join('node_modules/.bin', name);
const answerIn = (printed: string): unknown => JSON.parse(printed.trim().split('\n').at(-1) ?? '');
const codeOf = (service: string): string =>
  pascalCase(service).replace(/^./, (letter) => letter.toLowerCase());

describe.each([
  { service: 'shipping', after: 'payment.captured', kind: carrier },
  { service: 'kite', after: 'stock.reserved', kind: carrier },
  { service: 'thank-you', after: 'order.confirmed', kind: mail },
])('$service, after $after', ({ service, after, kind }) => {
  let copy: ScratchCopy;
  const node = (...args: readonly string[]) => copy.run(process.execPath, ...args);
  const vitest = (project: string, ...files: readonly string[]) =>
    copy.run(bin('vitest'), 'run', '--project', project, ...files);

  beforeAll(async () => {
    copy = scratchCopy();
    await node('infra/scaffold/new.ts', 'participant', service, '--after', after);
    const scaffolded = linesOf(copy.changes());
    expect(scaffolded).toBeLessThanOrEqual(MAX_SCAFFOLDED_LINES);
    copy.commit();
    kind.byHand(copy, service);
    await copy.run(bin('biome'), 'check', '--write', 'functions', `test/unit/${service}`);
    const byHand = copy.changes();
    console.log(
      `${service}: ${scaffolded} lines by the command, ${linesOf(byHand)} by hand in ${[...byHand.keys()].join(', ')}`,
    );
    expect(linesOf(byHand)).toBeLessThanOrEqual(MAX_LINES_BY_HAND);
    expect(byHand.size).toBeLessThanOrEqual(MAX_FILES_BY_HAND);
    await node('infra/specs/write.ts');
    copy.commit();
  });
  afterAll(() => copy?.end());

  test('compiles, keeps the rules of the project, and passes its unit tests, those of before and its own', async () => {
    await copy.run(bin('tsc'), '--noEmit');
    await copy.run(bin('biome'), 'check', '--error-on-warnings', 'functions', 'test/unit', 'infra');
    await vitest('unit');
  });

  test(
    `is simulated with everything else: ${SEEDS} seeds break no promise, and come to all that it may come to`,
    LONG,
    async () => {
      const printed = await node('test/scaffold/simulate-participant.ts', service, String(SEEDS));
      expect(answerIn(printed)).toEqual({ violations: [], missing: [] });
    },
  );

  test(
    'survives a crash at every point of sagas that end in each way, also when it refuses or undoes',
    LONG,
    async () => {
      const crashed = Crashed.parse(answerIn(await node('test/scaffold/crash-participant.ts', service)));
      console.log(`${service}: crash points ${JSON.stringify(crashed)}`);
      expect(crashed.broken).toEqual([]);
      expect(crashed.pairs).toBeGreaterThan(1_000);
      const those = (pattern: RegExp) =>
        crashed.scenarios.filter((scenario) => pattern.test(scenario)).length;
      expect({ refused: those(/^refused-by-/), recalled: those(/^cancel-/) }).toEqual(kind.crashes);
    },
  );

  test('runs for real, and the books balance', async () => {
    const file = `test/integration/${kind.record}.test.ts`;
    cpSync(join(import.meta.dirname, kind.runs), join(copy.folder, file));
    await vitest('own-system', file);
  });

  test('its scenario ends as it says', async () => {
    const said = await vitest(
      'integration',
      'test/integration/scenarios.test.ts',
      ...['-t', `${service} ends as it says`],
    );
    expect(said).toMatch(/Tests .*\D1 passed/);
  });

  const code = codeOf(service);
  test.each(Object.entries(kind.bugs(`functions/${service}/${service}.ts`, code)))(
    'the simulation finds the planted bug that %s',
    async (_, { bugs, flaw }) => {
      const right = bugs.map(({ file }) => [file, copy.read(file)] as const);
      for (const bug of bugs) copy.write(bug.file, planted(bug, copy.read(bug.file)));
      try {
        const found = answerIn(await node('test/simulation/planted/find.ts', '1', '10000'));
        console.log(`${service}: ${JSON.stringify(found)}`);
        expect(found).toMatchObject({
          afterSeeds: expect.any(Number),
          ...(flaw === undefined ? {} : { flaw: expect.stringMatching(flaw) }),
        });
      } finally {
        for (const [file, text] of right) copy.write(file, text);
      }
    },
  );

  test('is in the package for AWS and in its stacks', async () => {
    await copy.run(bin('sls'), 'package', '--stage', 'prod');
    const template = copy.read('.serverless/cloudformation-template-update-stack.json');
    for (const name of [
      service,
      `${service}-dead-letters`,
      `count-${service}-dead-letters`,
      `get-${kind.record}`,
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
