import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { consolePart } from '../../../infra/local/console/part.ts';
import { portsFrom } from '../../../infra/local/ports.ts';
import { freeze } from '../../../infra/local/processes/freeze.ts';
import { Lifecycle } from '../../../infra/local/processes/lifecycle.ts';

/** Goal: what takes hold of the system's parts takes hold of these alone, and only between their start and their stop. */
let child: ChildProcess | undefined;

afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
});

/** A letter of its state: T is stopped. https://man7.org/linux/man-pages/man1/ps.1.html */
const stateOf = (pid: number): string =>
  execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim();

test('a frozen process stands still, and goes on', async () => {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid = 0 } = child;
  const thaw = freeze({ title: 'it', pid });
  await expect.poll(() => stateOf(pid)).toMatch(/^T/);
  thaw();
  await expect.poll(() => stateOf(pid)).not.toMatch(/^T/);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  // Its id may be another process's by now.
  expect(thaw).not.toThrow();
});

test('what does not run as a process of ours is not frozen', () => {
  expect(() => freeze({ title: 'RabbitMQ', pid: undefined })).toThrow('RabbitMQ does not run');
});

test('a system is up once all is started, and until it is closed', () => {
  const lifecycle = new Lifecycle(() => {});
  expect(lifecycle.isUp).toBe(false);
  lifecycle.complete();
  expect(lifecycle.isUp).toBe(true);
  lifecycle.close();
  expect(lifecycle.isUp).toBe(false);
});

test('the console with its controls starts in no other stage than local', async () => {
  const before = process.env.STAGE;
  process.env.STAGE = 'production';
  try {
    const system = { parts: {} as never, environment: {}, isUp: () => true };
    await expect(consolePart('/nowhere', portsFrom({}), system).start()).rejects.toThrow('local stage only');
  } finally {
    if (before === undefined) delete process.env.STAGE;
    else process.env.STAGE = before;
  }
});
