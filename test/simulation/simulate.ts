import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Measured, simulateInParallel } from './parallel.ts';
import { newSeed } from './random.ts';
import { reportOf } from './report.ts';

const usage = 'Usage: npm run simulate -- [--seeds N] [--seed S] [--deployment FILE] [--json]';
const DEFAULT_SEEDS = 10_000;

class UsageError extends Error {}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new UsageError(`--${name} has to be a whole number, not "${text}". ${usage}`);
  }
  return number;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        deployment: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const seeds = numberOf('seeds', values.seeds);
    if (seeds === 0) throw new UsageError(`--seeds has to be at least 1. ${usage}`);
    const { deployment, json } = values;
    if (deployment !== undefined && !existsSync(deployment.replace(/\?\d+$/, '')))
      throw new UsageError(`There is no file ${deployment}. ${usage}`);
    return { seeds, seed: numberOf('seed', values.seed), deployment, json };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message.split('\n')[0] : String(error)} ${usage}`);
  }
}

/** Shows a seed's run: whole if it is fine, shrunk if it is not. */
async function show(seed: number, deployment: string | undefined): Promise<boolean> {
  // With them comes the whole product, which takes a while, and otherwise only the threads need it.
  const { replay } = await import('./simulate-seeds.ts');
  const { shrink } = await import('./shrink.ts');
  const original = await replay({ seed, ...(deployment === undefined ? {} : { deployment }) });
  if (original.violation === undefined) {
    console.error(reportOf(original));
    return true;
  }
  console.error(`Seed ${seed} breaks ${original.violation.promise}; shrinking…`);
  console.error(reportOf(await replay(await shrink(original))));
  return false;
}

function summaryOf({ seeds, seconds, seedsPerSecond, threads, calls, steps, violations }: Measured): string {
  return [
    `${seeds} seeds in ${seconds.toFixed(1)} s on ${threads} threads: ${seedsPerSecond} a second;`,
    `${(steps / seeds).toFixed(0)} steps and ${(calls / seeds).toFixed(0)} calls each; ${violations.length} violations`,
  ].join(' ');
}

/** Seeds that nobody has seen before, unless one is given. */
async function main(): Promise<number> {
  const { seeds, seed, deployment, json } = readArguments();
  if (seed !== undefined && seeds === undefined) {
    const isFine = await show(seed, deployment);
    if (json) console.log(JSON.stringify({ seeds: 1, seedsPerSecond: 0, violations: isFine ? 0 : 1, seed }));
    return isFine ? 0 : 1;
  }
  const from = seed ?? newSeed();
  const count = seeds ?? DEFAULT_SEEDS;
  console.error(`Simulating ${count} seeds from ${from} on…`);
  const measured = await simulateInParallel({
    deployment,
    from,
    count,
    onProgress: (done, broken) => console.error(`${done} of ${count} seeds, ${broken} violations`),
  });
  console.error(summaryOf(measured));
  for (const what of measured.uncovered) console.error(`Never happened, although it should: ${what}`);
  const [first] = measured.violations;
  if (first !== undefined) await show(first.seed, deployment);
  if (json) {
    const { violations, uncovered, seedsPerSecond, seconds, threads } = measured;
    const figures = {
      seeds: measured.seeds,
      seedsPerSecond,
      violations: violations.length,
      uncovered,
      seconds,
      threads,
      from,
    };
    console.log(JSON.stringify({ ...figures, ...(first === undefined ? {} : { firstSeed: first.seed }) }));
  }
  return measured.violations.length + measured.uncovered.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
