import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { inParallel } from '../../support/saga/client.ts';
import type { Bug } from './planter/bug.ts';
import { inTreeWith } from './tree.ts';

const FIRST_SEED = 1;
const CORES = 2;
const ONE_BUG_MS = 300_000;

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

/** Runs a command with Node in a copy of the product. */
export async function inNode(tree: string, command: readonly string[]): Promise<Ended> {
  const options = { cwd: tree, timeout: ONE_BUG_MS, maxBuffer: 10_000_000 };
  try {
    return { exitCode: 0, ...(await promisify(execFile)(process.execPath, command, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown } & Omit<Ended, 'exitCode'>;
    // Killed by the time limit, or never started.
    if (typeof code !== 'number') throw new Error(`not ended within ${ONE_BUG_MS} ms`, { cause: error });
    return { exitCode: code, stdout, stderr };
  }
}

/** Looks for a violation, seed by seed, and says what it found as JSON. */
const SEEDS = 'test/simulation/planted/find.ts';
export const DRILLS = 'test/simulation/drill/find.ts';
export const TAKEOVERS = 'test/simulation/byzantine/find.ts';

/**
 * Simulates seeds with a bug planted, until one finds it. `deployment`: the file of another than the shop's. `finder`: what
 * is run for each seed.
 */
export const hunt = (
  bug: Bug | undefined,
  maxSeeds: number,
  deployment?: string,
  finder = SEEDS,
): Promise<Found> =>
  inTreeWith(bug, async (tree) => {
    const command = [finder, String(FIRST_SEED), String(maxSeeds)];
    const name = bug?.name ?? 'none';
    const ended = inNode(tree, [...command, ...(deployment ? [deployment] : [])]);
    const { exitCode, stdout, stderr } = await ended.catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    if (exitCode !== 0) throw new Error(`${name}: ${stderr}`);
    return { bug: name, ...Answer.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')) };
  });

/** Hunts each bug, on every core, and prints after how many seeds it was found. Returns those that were not. */
export async function huntAll(
  bugs: readonly Bug[],
  maxSeeds: number,
  deployment?: string,
  finder = SEEDS,
): Promise<readonly string[]> {
  const found: Found[] = [];
  await inParallel(bugs, CORES, async (bug) => {
    found.push(
      await hunt(bug, maxSeeds, deployment, finder).catch(({ message }: Error) => neither(bug, message)),
    );
  });
  console.log(['    seeds  planted bug', ...found.toSorted(bySeeds).map(row)].join('\n'));
  return found.filter(({ afterSeeds }) => afterSeeds === undefined).map(({ bug }) => bug);
}

/** One that could not be hunted to the end keeps nobody from hunting the others. */
const neither = ({ name }: Bug, flaw: string): Found => ({ bug: name, seeds: 0, flaw });

const row = ({ bug, afterSeeds, promise = '', flaw = '' }: Found): string =>
  [String(afterSeeds ?? 'not found').padStart(9), bug.padEnd(76), promise.padEnd(12), flaw.slice(0, 90)].join(
    '  ',
  );

const bySeeds = (a: Found, b: Found): number =>
  (a.afterSeeds ?? Number.POSITIVE_INFINITY) - (b.afterSeeds ?? Number.POSITIVE_INFINITY);
