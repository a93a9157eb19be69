import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import config from '../../vitest.config.ts';
import { endLeftovers } from '../support/gate/leftovers.ts';
import { recapOf } from '../support/gate/recap.ts';
import { commandOf, type Selection, selectStages, tiers, UnknownStageError } from '../support/gate/stages.ts';
import { countTests } from '../support/gate/tally.ts';
import { timesOf } from '../support/gate/times.ts';

type Named = { readonly test: { readonly name: string } };

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gate-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the figures', () => {
  const file = (status: string, ...tests: readonly string[]) => ({
    name: 'some.test.ts',
    status,
    assertionResults: tests.map((each, index) => ({ fullName: `test ${index}`, status: each })),
  });

  function figures(exitCode: number | null, ...testResults: readonly object[]): readonly number[] {
    const path = join(folder, 'report.json');
    writeFileSync(path, JSON.stringify({ testResults }));
    const { passed, failed } = countTests(path, exitCode);
    return [passed, failed];
  }

  test.each([
    ['are green when every test passed', [2, 0], 0, [file('passed', 'passed', 'passed')]],
    ['count a test that failed', [1, 1], 1, [file('failed', 'passed', 'failed')]],
    ['count a skipped test as failed', [1, 1], 0, [file('passed', 'passed', 'skipped')]],
    ['count a test that is still to do as failed', [1, 1], 0, [file('passed', 'passed', 'todo')]],
    ['count a file that did not load', [1, 1], 1, [file('passed', 'passed'), file('failed')]],
    ['count a file without tests', [1, 1], 0, [file('passed', 'passed'), file('passed')]],
    ['count a hook that failed after its tests', [2, 1], 1, [file('failed', 'passed', 'passed')]],
    ['count an error outside of all tests', [1, 1], 1, [file('passed', 'passed')]],
    ['count a run that a signal ended', [1, 1], null, [file('passed', 'passed')]],
    ['are red when not one test ran', [0, 1], 0, []],
  ])('%s', (_, expected, exitCode, files) => {
    expect(figures(exitCode, ...files)).toEqual(expected);
  });

  test('are red when there is no report', () => {
    expect(countTests(join(folder, 'none.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});

test('what could not be run here has neither passed nor failed', () => {
  const none = join(folder, 'none.json');
  expect(countTests(none, 77)).toMatchObject({ passed: 0, failed: 0, isNotRun: true });
  // Only who has run nothing may say so.
  writeFileSync(none, JSON.stringify({ testResults: [] }));
  expect(countTests(none, 77)).toMatchObject({ passed: 0, failed: 1 });
});

test('where the time went is told for each stage, and for the ten slowest tests', () => {
  const tests = Array.from({ length: 20 }, (_, seconds) => ({ name: `test ${seconds}`, seconds }));
  const lines = timesOf(
    [
      { name: 'unit', seconds: 60 },
      { name: 'aws', seconds: 30 },
    ],
    tests,
  ).split('\n');
  expect(lines[0]).toBe('1.5 minutes: unit 60 s, aws 30 s');
  expect(lines.slice(2).map((line) => line.trim())).toEqual(
    tests
      .toReversed()
      .slice(0, 10)
      .map(({ name, seconds }) => `${seconds}.0 s  ${name}`),
  );
});

describe('what failed', () => {
  const broken = `
    import { expect, test } from 'vitest';
    test('is right', () => expect(1).toBe(1));
    test('adds up', () => {
      console.log('seed 42');
      expect({ sum: [1, 2, 3] }).toEqual({ sum: [1, 2, 4] });
    });
    test('is alone', async () => {
      void Promise.reject(new Error('nobody hears of it'));
      await new Promise((resolve) => setTimeout(resolve, 10));
    });`;

  test('is told with what differs, what was printed, and what failed outside of all tests', () => {
    writeFileSync(join(folder, 'broken.test.mjs'), broken);
    const reportFile = join(folder, 'report.json');
    const [program = '', ...args] = commandOf({ name: 'unit', kind: 'tests' }, reportFile).filter(
      (argument, index, all) => argument !== '--project' && all[index - 1] !== '--project',
    );
    const { status } = spawnSync(program, [...args, '--root', folder], { encoding: 'utf8' });
    const { failures } = countTests(reportFile, status);
    expect(failures.map(({ name }) => name)).toEqual(['broken.test.mjs > adds up', 'outside of all tests']);
    const recap = recapOf(failures);
    for (const part of ['-     4,\n', '+     3,\n', 'seed 42', 'nobody hears of it', 'broken.test.mjs:']) {
      expect(recap).toContain(part);
    }
    expect(recap).not.toContain('is right');
  });

  test('is told again in a few kilobytes, of many failures and long ones', () => {
    const failures = Array.from({ length: 100 }, (_, index) => ({
      name: `test ${index}`,
      message: `first line ${index}\n${'\u001b[31ma line like any other\u001b[39m\n'.repeat(500)}`,
    }));
    const recap = recapOf(failures);
    expect(recap.length).toBeLessThan(11_000);
    expect(recap).toContain('first line 0\n    a line like any other');
    expect(recap).toContain('✗ test 30');
    expect(recap).toMatch(/^… and \d+ more\n/);
    expect(recap).toMatch(/any other$/);
  });
});

describe('the stages', () => {
  const namesOf = (selection: Selection) => selectStages(selection).map(({ name }) => name);

  test('are all run when none is named, and in their own order when some are', () => {
    expect(namesOf({})).toEqual([
      ...['types', 'console-types', 'format', 'promises', 'imports', 'unused', 'unit'],
      ...['aws', 'contract', 'simulation', 'attack', 'integration'],
      ...[
        'console',
        'own-system',
        'scaffold',
        'planted',
        'chaos',
        'crash-points',
        'parts',
        'examples',
        'fuzz',
        'seeds',
        'overload',
      ],
      ...['mutation', 'examples-depth', 'first-minute', 'runtime'],
    ]);
    expect(namesOf({ names: ['unit', 'types'] })).toEqual(['types', 'unit']);
  });

  test('are in a tier each: what a smaller tier leaves out is what lies beyond it', () => {
    expect(namesOf({ upTo: 'check' }).at(-1)).toBe('unit');
    // It compiles for minutes, so neither a change nor continuous integration waits for it.
    expect(namesOf({ upTo: 'ci' })).not.toContain('runtime');
    for (const tier of tiers) {
      expect([...namesOf({ upTo: tier }), ...namesOf({ beyond: tier })]).toEqual(namesOf({}));
    }
    expect(namesOf({ upTo: 'check', names: ['chaos'] })).toEqual(['chaos']);
  });

  test('hold every test there is', () => {
    const projects = (config.test?.projects ?? []).map((project) => (project as Named).test.name);
    const tested = selectStages({}).filter(({ kind }) => kind === 'tests');
    const run = tested.flatMap((stage) => {
      const command = commandOf(stage, 'report.json');
      const named = command.filter((_, index) => command[index - 1] === '--project');
      // A script of its own runs the project of its name.
      return named.length > 0 ? named : [stage.name];
    });
    expect(run.toSorted()).toEqual(projects.toSorted());
  });

  test('have a command each', () => {
    for (const stage of selectStages()) expect(commandOf(stage, 'report.json').length).toBeGreaterThan(0);
  });

  test('refuse a name that is none', () => {
    expect(() => selectStages({ names: ['unit', 'unti'] })).toThrow(UnknownStageError);
  });
});

describe('a process that was left behind', () => {
  const idle = ['-e', 'setInterval(() => {}, 1000)'];

  test('is found by its group, and ended', async () => {
    const { pid } = spawn(process.execPath, idle, { detached: true, stdio: 'ignore' });
    const leftovers = await endLeftovers({ group: pid, folder }, 0);
    expect(leftovers.map((leftover) => leftover.pid)).toEqual([pid]);
    expect(await endLeftovers({ group: pid, folder }, 0)).toEqual([]);
  });

  test('is found by the folder it works in, although it leads a group of its own', async () => {
    const options = { detached: true, stdio: 'ignore' } as const;
    const byFolder = spawn(process.execPath, idle, { ...options, cwd: folder });
    const byArgument = spawn(process.execPath, [...idle, join(folder, 'data')], options);
    const env = { LEDGER_FILE: join(folder, 'ledger') };
    const byEnvironment = spawn(process.execPath, idle, { ...options, env });
    const other = spawn(process.execPath, idle, options);
    try {
      const leftovers = await endLeftovers({ group: undefined, folder }, 0);
      const expected = [byFolder, byArgument, byEnvironment].map(({ pid }) => pid);
      expect(new Set(leftovers.map((leftover) => leftover.pid))).toEqual(new Set(expected));
      expect(other.exitCode ?? other.signalCode).toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });
});
