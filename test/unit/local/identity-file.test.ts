import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claim, runningFrom, writeIdentity } from '../../../infra/local/processes/identity-file.ts';
import { endLeftover } from '../../../infra/local/processes/own-process.ts';
import {
  identify,
  isRunning,
  type ProcessIdentity,
} from '../../../infra/local/processes/process-identity.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-saga-identity-file-'));
  file = join(folder, 'part.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function selfIdentity(): ProcessIdentity {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error('this process has no identity');
  return identity;
}

test('a process that reuses the pid of an earlier one is never ended', async () => {
  writeIdentity(file, { ...selfIdentity(), startedAt: 'an earlier boot:1' });
  expect(await endLeftover(file, 100)).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test('a leftover that ignores SIGTERM is killed', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('the child has no identity');
  writeIdentity(file, identity);
  expect(await endLeftover(file, 100)).toBe(true);
  expect(isRunning(identity)).toBe(false);
});

test('a claim is refused while its holder runs, and taken over when it was killed', () => {
  expect(claim(file)).toBeUndefined();
  expect(claim(file)).toEqual(selfIdentity());
  writeIdentity(file, { ...selfIdentity(), startedAt: 'an earlier boot:1' });
  expect(claim(file)).toBeUndefined();
  expect(runningFrom(file)).toEqual(selfIdentity());
});

test('a damaged file is no claim', () => {
  writeFileSync(file, '{"pid":');
  expect(claim(file)).toBeUndefined();
});
