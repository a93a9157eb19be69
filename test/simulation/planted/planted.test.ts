import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { projectDir } from '../../../infra/local/project.ts';
import { inParallel } from '../../support/saga/client.ts';
import { type Bug, bugs } from './bugs.ts';

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

const copied = ['functions', 'infra', 'test/simulation', 'package.json'];

async function hunt(bug: Bug | undefined, maxSeeds: number): Promise<Found> {
  const tree = mkdtempSync(join(tmpdir(), 'order-saga-planted-'));
  try {
    for (const path of copied) cpSync(join(projectDir, path), join(tree, path), { recursive: true });
    symlinkSync(join(projectDir, 'node_modules'), join(tree, 'node_modules'));
    if (bug !== undefined) plant(bug, tree);
    const command = [join(tree, 'test/simulation/planted/find.ts'), String(FIRST_SEED), String(maxSeeds)];
    const options = { cwd: tree, timeout: ONE_BUG_MS, maxBuffer: 10_000_000 };
    const { stdout } = await promisify(execFile)(process.execPath, command, options);
    return { bug: bug?.name ?? 'none', ...Answer.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')) };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function plant({ name, file, find, replace }: Bug, tree: string): void {
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const places = before.split(find).length - 1;
  if (places !== 1) throw new Error(`${name}: what it changes stands ${places} times in ${file}`);
  writeFileSync(
    path,
    before.replace(find, () => replace),
  );
}

const row = ({ bug, afterSeeds, promise = '', flaw = '' }: Found): string =>
  [String(afterSeeds ?? 'not found').padStart(9), bug.padEnd(72), promise.padEnd(12), flaw.slice(0, 90)].join(
    '  ',
  );

test('without a planted bug nothing is found', async () => {
  expect(await hunt(undefined, 300)).toEqual({ bug: 'none', seeds: 300 });
}, 120_000);

test(`every one of ${bugs.length} planted bugs is found within ${MAX_SEEDS} seeds`, async () => {
  expect(bugs.length).toBeGreaterThanOrEqual(25);
  const found: Found[] = [];
  await inParallel(bugs, CORES, async (bug) => {
    found.push(await hunt(bug, MAX_SEEDS));
  });
  console.log(['    seeds  planted bug', ...found.map(row)].join('\n'));
  expect(found.filter(({ afterSeeds }) => afterSeeds === undefined).map(({ bug }) => bug)).toEqual([]);
}, 900_000);
