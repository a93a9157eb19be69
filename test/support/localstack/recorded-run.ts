import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';

export type Call = {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

export type RecordedRun = {
  /** The calls so far, in order. */
  calls(): readonly Call[];
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
  discard(): void;
};

export type RunOptions = {
  /** What is run: `npm run test:localstack` unless it is another script. */
  readonly script?: string;
  readonly args?: readonly string[];
  readonly programs: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Fails each call that has this word among its arguments. */
  readonly failAt?: string;
  /** Never ends a call that has this word among its arguments. */
  readonly hangAt?: string;
};

/** Runs a script with a PATH of programs that only record how they are called. */
export function startRecordedRun({
  script = 'test/localstack/localstack.ts',
  args = [],
  programs,
  environment = {},
  failAt = '',
  hangAt = '',
}: RunOptions): RecordedRun {
  const folder = mkdtempSync(join(tmpdir(), 'order-saga-recorded-'));
  const log = join(folder, 'calls.jsonl');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const program of programs) {
    const file = join(bin, program);
    const recorder = join(projectDir, 'test/fixtures/recording-program.mjs');
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${recorder}' ${program} "$@"\n`);
    chmodSync(file, 0o755);
  }
  const child = spawn(process.execPath, [join(projectDir, script), ...args], {
    cwd: projectDir,
    env: {
      ...environment,
      ...{
        PATH: bin,
        TMPDIR: folder,
        RECORDING_LOG: log,
        RECORDING_FAIL_AT: failAt,
        RECORDING_HANG_AT: hangAt,
      },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    process: child,
    ended: once(child, 'close').then(([exitCode]: unknown[]) => ({
      exitCode: exitCode as number | null,
      output,
    })),
    calls: () =>
      existsSync(log)
        ? // What follows the last line break is still being written.
          readFileSync(log, 'utf8')
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Call)
        : [],
    discard: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A call in a word: Docker Compose's command, or the program. */
export const wordOf = ({ program, args }: Call): string =>
  program === 'docker'
    ? (['up', 'down', 'logs', 'version', 'info'].find((word) => args.includes(word)) ?? '?')
    : program;
