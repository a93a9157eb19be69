import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FreshClone, machine, ownPorts } from '../support/first-minute/fresh-clone.ts';

/**
 * Goal: `yarn start` and `pnpm start` do what `npm start` does, with the packages of package-lock.json. Method: the real
 * yarn and pnpm, which come from the registry; this is the only thing that is asked of it.
 */
const startsWithinMs = 90_000;
const packages = ['yarn@1.22.22', '@yarnpkg/cli-dist@4.18.1', 'pnpm@12.4.2'];
const managers = [
  ['yarn 1', 'node', 'yarn/bin/yarn.js'],
  ['yarn 4', 'node', '@yarnpkg/cli-dist/bin/yarn.js'],
  ['pnpm', 'sh', '.bin/pnpm'],
] as const;

let tools: string;
beforeAll(() => {
  tools = mkdtempSync(join(tmpdir(), 'order-saga-managers-'));
  const options = ['--no-save', '--no-package-lock', '--prefix', tools, '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...packages], { cwd: tools, env: machine(), stdio: 'pipe' });
});
afterAll(() => rmSync(tools, { recursive: true, force: true }));

describe.each(managers)('%s', (_, interpreter, path) => {
  const start = (clone: FreshClone, environment: Readonly<Record<string, string | undefined>>) => {
    const program = join(tools, 'node_modules', path);
    return interpreter === 'node'
      ? clone.run('node', [program, 'start'], environment)
      : clone.run(program, ['start'], environment);
  };
  const lockFilesIn = ({ folder }: FreshClone) =>
    ['yarn.lock', 'pnpm-lock.yaml', 'node_modules/.pnpm'].filter((name) => existsSync(join(folder, name)));

  test('has npm install what package-lock.json says', async () => {
    const clone = new FreshClone({ hasPackages: false });
    try {
      const { exitCode, stderr } = await start(clone, { PATH: clone.pathWithRecordingNpm() }).ended;
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(/^npm ci --include=dev /m);
      expect(lockFilesIn(clone)).toEqual([]);
    } finally {
      await clone.end();
    }
  });

  test('starts the system, which Ctrl-C ends', async () => {
    const clone = new FreshClone();
    try {
      const system = start(clone, await ownPorts());
      await system.printed('everything is up', startsWithinMs);
      await system.interrupt();
      expect((await system.ended).stdout).toContain('✓ stopped RabbitMQ');
      expect(lockFilesIn(clone)).toEqual([]);
    } finally {
      await clone.end();
    }
  });
});
