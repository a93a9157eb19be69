import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { projectDir } from '../../../infra/local/project.ts';

/** A check tells nothing as long as it is green, a score tells what it came to, and tests are counted one by one. */
export type Stage = { readonly name: string; readonly kind: 'check' | 'score' | 'tests' };

/** Cheap ones first. One after another: they are parallel in themselves, and together no faster on 2 cores. */
const stages: readonly Stage[] = [
  { name: 'types', kind: 'check' },
  { name: 'format', kind: 'check' },
  { name: 'promises', kind: 'check' },
  { name: 'imports', kind: 'check' },
  { name: 'unused', kind: 'check' },
  { name: 'unit', kind: 'tests' },
  { name: 'aws', kind: 'tests' },
  { name: 'fuzz', kind: 'tests' },
  { name: 'contract', kind: 'tests' },
  { name: 'mutation', kind: 'score' },
  { name: 'simulation', kind: 'tests' },
  { name: 'crash-points', kind: 'tests' },
  { name: 'planted', kind: 'tests' },
  { name: 'chaos', kind: 'tests' },
  { name: 'integration', kind: 'tests' },
  { name: 'first-minute', kind: 'tests' },
  { name: 'scaffold', kind: 'tests' },
  { name: 'given', kind: 'tests' },
];

export class UnknownStageError extends Error {}

/** The named stages in their usual order; all of them when none is named. */
export function selectStages(names: readonly string[]): readonly Stage[] {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    const known = stages.map(({ name }) => name).join(', ');
    throw new UnknownStageError(`There is no stage "${unknown}". The stages are: ${known}.`);
  }
  return names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
}

const failuresReporter = join(projectDir, 'test/support/gate/failures-reporter.ts');

export const failuresFileOf = (reportFile: string): string => `${reportFile}.failures`;

const manifest = z.object({ scripts: z.record(z.string(), z.string()) });

/** What the stage's npm script runs, started without npm and a shell, which would come between it and signals. */
export function commandOf({ name, kind }: Stage, reportFile: string): readonly string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')));
  const script = kind === 'tests' ? `test:${name}` : `check:${name}`;
  const command = scripts[script]?.split(' ');
  if (command === undefined) throw new Error(`package.json has no script ${script}`);
  if (kind !== 'tests') return command;
  const reporters = ['default', 'json', failuresReporter].map((reporter) => `--reporter=${reporter}`);
  const files = [`--outputFile.json=${reportFile}`, `--outputFile.failures=${failuresFileOf(reportFile)}`];
  return [...command, ...reporters, ...files];
}
