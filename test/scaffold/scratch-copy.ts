import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDir } from '../../infra/local/project.ts';

/** A copy of the project that a test may change. It has a repository of its own, which counts what was changed. */
export interface ScratchCopy {
  readonly folder: string;
  /** Runs a command in it. @throws what it printed, if it fails */
  run(command: string, ...args: readonly string[]): Promise<string>;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Replaces what stands once in a file. */
  edit(path: string, before: string, after: string): void;
  commit(): void;
  /** The lines that stand in each file since the last commit and did not before. */
  changes(): ReadonlyMap<string, number>;
  end(): void;
}

/** Of a run of tests inside a run of tests, neither knows. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_ENV'),
);

const MAX_OUTPUT_BYTES = 50_000_000;

export function scratchCopy(): ScratchCopy {
  const folder = mkdtempSync(join(tmpdir(), 'order-saga-scratch-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectDir,
    encoding: 'utf8',
  });
  for (const path of files.split('\0').filter(Boolean)) cpSync(join(projectDir, path), join(folder, path));
  symlinkSync(join(projectDir, 'node_modules'), join(folder, 'node_modules'));
  git('init', '-q');
  const copy: ScratchCopy = {
    folder,
    run: async (command, ...args) => {
      const options = { cwd: folder, env: environment, maxBuffer: MAX_OUTPUT_BYTES };
      try {
        return (await promisify(execFile)(command, args, options)).stdout;
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
        throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
      }
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write: (path, text) => writeFileSync(join(folder, path), text),
    edit: (path, before, after) => {
      const text = copy.read(path);
      if (text.split(before).length !== 2) throw new Error(`${before} does not stand once in ${path}`);
      copy.write(
        path,
        text.replace(before, () => after),
      );
    },
    commit: () => {
      git('add', '-A');
      git('commit', '-qm', 'so far');
    },
    changes: () => {
      git('add', '-A');
      const rows = git('diff', '--cached', '--numstat').trim().split('\n').filter(Boolean);
      return new Map(
        rows.map((row) => {
          const [added = '0', , path = ''] = row.split('\t');
          return [path, Number(added)] as const;
        }),
      );
    },
    end: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  copy.commit();
  return copy;
}

export const linesOf = (changes: ReadonlyMap<string, number>): number =>
  [...changes.values()].reduce((sum, lines) => sum + lines, 0);
