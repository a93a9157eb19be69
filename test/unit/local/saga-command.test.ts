import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';
import { scenarioNames } from '../../../infra/local/saga/scenario.ts';

/** Goal: the command says what it knows and what is wrong. Method: it runs as npm runs it, and nothing else does. */
function saga(...args: readonly string[]) {
  const command = [join(projectDir, 'infra/local/bootstrap.mjs'), 'infra/local/saga/saga.ts', ...args];
  // Data that nothing runs on: a system that happens to run here is not touched.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: '/nowhere' };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: projectDir,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run saga', () => {
  test('--list names every scenario, with what it is about', () => {
    const { status, stdout } = saga('--list');
    expect(status).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(scenarioNames());
    expect(lines).toContainEqual(expect.stringMatching(/^declined +The card is declined: /));
  });

  test.each([
    [['hapy'], 'There is no scenario hapy. There are: cancelled, crash-after-charge, declined'],
    [[], 'Usage: npm run saga -- NAME…|FILE…|--list'],
    [['happy', 'hapy'], 'There is no scenario hapy.'],
    [['happy'], 'No system runs from this checkout (on the data in /nowhere). Start it with: npm start'],
  ])('%j is refused with 2 and what to do', (args, told) => {
    const { status, stdout, stderr } = saga(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(told);
    expect(stderr).not.toContain('    at ');
  });
});
