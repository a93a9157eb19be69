import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { inParallel } from '../../support/saga/client.ts';
import { bugs } from './bugs/bugs.ts';
import type { Bug } from './planter/bug.ts';
import { inTreeWith } from './tree.ts';

/**
 * Goal: the simulation finds what it is there to find. Method: each bug is planted in a copy of the product, and
 * the simulation runs there, in a process of its own, until it finds a violation.
 */
const MAX_SEEDS = 10_000;
const FIRST_SEED = 1;
const CORES = 2;
const ONE_BUG_MS = 120_000;

const Answer = z.object({
  seeds: z.int(),
  afterSeeds: z.int().optional(),
  promise: z.string().optional(),
  flaw: z.string().optional(),
});
type Found = z.infer<typeof Answer> & { readonly bug: string };

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function inNode(tree: string, command: readonly string[]): Promise<Ended> {
  const options = { cwd: tree, timeout: ONE_BUG_MS, maxBuffer: 10_000_000 };
  try {
    return { exitCode: 0, ...(await promisify(execFile)(process.execPath, command, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown } & Omit<Ended, 'exitCode'>;
    // Killed by the time limit, or never started.
    if (typeof code !== 'number') throw error;
    return { exitCode: code, stdout, stderr };
  }
}

const hunt = (bug: Bug | undefined, maxSeeds: number): Promise<Found> =>
  inTreeWith(bug, async (tree) => {
    const command = ['test/simulation/planted/find.ts', String(FIRST_SEED), String(maxSeeds)];
    const { exitCode, stdout, stderr } = await inNode(tree, command);
    if (exitCode !== 0) throw new Error(`${bug?.name}: ${stderr}`);
    return { bug: bug?.name ?? 'none', ...Answer.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')) };
  });

const row = ({ bug, afterSeeds, promise = '', flaw = '' }: Found): string =>
  [String(afterSeeds ?? 'not found').padStart(9), bug.padEnd(76), promise.padEnd(12), flaw.slice(0, 90)].join(
    '  ',
  );

test('without a planted bug nothing is found', async () => {
  expect(await hunt(undefined, 300)).toEqual({ bug: 'none', seeds: 300 });
}, 120_000);

test('what is found is told with its seed, the faults that it takes and a trace, and fails the run', async () => {
  const bug = bugs.find(({ name }) => name === 'a void forgets the charge that is under way');
  expect(bug).toBeDefined();
  await inTreeWith(bug, async (tree) => {
    const command = ['test/simulation/simulate.ts', '--seed', '1', '--seeds', '2000', '--json'];
    const { exitCode, stdout, stderr } = await inNode(tree, command);
    expect(exitCode).toBe(1);
    const { violations, firstSeed } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(violations).toBeGreaterThan(0);
    expect(stderr).toContain(`seed ${firstSeed}: `);
    expect(stderr).toMatch(/Faults:\n {2}\w/);
    expect(stderr).toMatch(/payment#\d+ call-\d+ charge/);
    expect(stderr).toContain('BROKEN: ');
    // The line that keeps it is a script that breaks the promise again.
    const [, line = ''] = /echo '(.*)' >> test\/simulation\/kept\/scripts\.jsonl/.exec(stderr) ?? [];
    const replay = `
      const { failuresAmong } = await import('./test/simulation/kept/kept.ts');
      console.log((await failuresAmong(process.argv[1])).join());`;
    const again = await inNode(tree, ['--input-type=module', '--eval', replay, line]);
    expect(again.stdout).toContain(`seed ${firstSeed}: `);
    expect(again.stdout).toContain('BROKEN: ');
  });
}, 120_000);

test(`every one of ${bugs.length} planted bugs is found within ${MAX_SEEDS} seeds`, async () => {
  expect(bugs.length).toBeGreaterThanOrEqual(100);
  const found: Found[] = [];
  await inParallel(bugs, CORES, async (bug) => {
    found.push(await hunt(bug, MAX_SEEDS));
  });
  console.log(['    seeds  planted bug', ...found.toSorted(bySeeds).map(row)].join('\n'));
  expect(found.filter(({ afterSeeds }) => afterSeeds === undefined).map(({ bug }) => bug)).toEqual([]);
}, 900_000);

const bySeeds = (a: Found, b: Found): number =>
  (a.afterSeeds ?? Number.POSITIVE_INFINITY) - (b.afterSeeds ?? Number.POSITIVE_INFINITY);
