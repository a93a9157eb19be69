import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Goal: the command says what it found, to people and to machines, and what is wrong with its arguments. Method: it
 * is run as `npm run simulate` runs it.
 */
function simulate(...args: readonly string[]) {
  const command = fileURLToPath(new URL('./simulate.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('npm run simulate', () => {
  test('tells its figures in one object, on the last line of its output', () => {
    const { status, stdout, stderr } = simulate('--seeds', '60', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ seeds: 60, violations: 0 });
    expect(stderr).toContain('60 seeds');
  });

  test('replays one seed, with its trace', () => {
    const first = simulate('--seed', '7');
    expect(first.status).toBe(0);
    expect(first.stderr).toContain('nothing is broken');
    expect(first.stderr.split('\n').length).toBeGreaterThan(40);
    expect(simulate('--seed', '7').stderr).toBe(first.stderr);
  });

  test.each([[['--seeds', 'many']], [['--seeds', '0']], [['--seed', '-1']], [['--speed', '9']], [['now']]])(
    'answers %j with one plain line',
    (args) => {
      const { status, stdout, stderr } = simulate(...args);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toContain('Usage: npm run simulate');
    },
  );
});
