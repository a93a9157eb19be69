import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { projectDir } from '../../../infra/local/project.ts';

/** The stages to run: before each commit, before a change is handed in, in continuous integration, before a release. */
export const tiers = ['check', 'test', 'ci', 'full'] as const;
export type Tier = (typeof tiers)[number];

/** A passing check prints nothing, a score prints its result, and tests are counted one by one. */
export interface Stage {
  readonly name: string;
  readonly kind: 'check' | 'score' | 'tests';
  /** The smallest tier that it is a part of. */
  readonly tier: Tier;
}

const inTier = (tier: Tier, kind: Stage['kind'], ...names: readonly string[]): readonly Stage[] =>
  names.map((name) => ({ name, kind, tier }));

/** Cheap ones first, one after another: each is parallel itself, so together they are no faster on 2 cores. */
const stages: readonly Stage[] = [
  ...inTier('check', 'check', 'types', 'console-types', 'format', 'promises', 'imports', 'unused'),
  ...inTier('check', 'tests', 'unit'),
  ...inTier('test', 'tests', 'aws', 'contract', 'simulation', 'attack', 'integration'),
  // Those that take long or find much first: where time is short, what is left out is neither.
  ...inTier(
    'ci',
    'tests',
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
  ),
  ...inTier('full', 'score', 'mutation'),
  ...inTier('full', 'tests', 'examples-depth', 'first-minute', 'runtime'),
];

export class UnknownStageError extends Error {}

export interface Selection {
  /** Stages by name, of any tier. Without names, all stages. */
  readonly names?: readonly string[];
  /** Stages of this tier and of the smaller ones. */
  readonly upTo?: Tier | undefined;
  /** Stages of larger tiers only. */
  readonly beyond?: Tier | undefined;
}

/** In their usual order. @throws UnknownStageError */
export function selectStages({ names = [], upTo = 'full', beyond }: Selection = {}): readonly Stage[] {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    const known = stages.map(({ name }) => name).join(', ');
    throw new UnknownStageError(`There is no stage "${unknown}". The stages are: ${known}.`);
  }
  if (names.length > 0) return stages.filter(({ name }) => names.includes(name));
  const sizeOf = (tier: Tier | undefined) => (tier === undefined ? -1 : tiers.indexOf(tier));
  return stages.filter(({ tier }) => sizeOf(tier) <= sizeOf(upTo) && sizeOf(tier) > sizeOf(beyond));
}

const failuresReporter = join(projectDir, 'test/support/gate/failures-reporter.ts');

export const failuresFileOf = (reportFile: string): string => `${reportFile}.failures`;

const manifest = z.object({ scripts: z.record(z.string(), z.string()) });

/** The command of the stage's npm script. It runs without npm and a shell, which would keep signals from it. */
export function commandOf(
  { name, kind }: Pick<Stage, 'name' | 'kind'>,
  reportFile: string,
): readonly string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')));
  const script = kind === 'tests' ? `test:${name}` : `check:${name}`;
  const command = scripts[script]?.split(' ');
  if (command === undefined) throw new Error(`package.json has no script ${script}`);
  if (kind !== 'tests') return command;
  const reporters = ['default', 'json', failuresReporter].map((reporter) => `--reporter=${reporter}`);
  const files = [`--outputFile.json=${reportFile}`, `--outputFile.failures=${failuresFileOf(reportFile)}`];
  return [...command, ...reporters, ...files];
}
