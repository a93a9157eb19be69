import { expect, test } from 'vitest';
import { bugs } from './bugs/bugs.ts';
import { hunt, huntAll, inNode } from './hunt.ts';
import { inTreeWith } from './tree.ts';

/**
 * Goal: the simulation finds what it is there to find. Method: each bug is planted in a copy of the product, and
 * the simulation runs there, in a process of its own, until it finds a violation.
 */
const MAX_SEEDS = 10_000;
test('without a planted bug nothing is found', async () => {
  expect(await hunt(undefined, 300)).toEqual({ bug: 'none', seeds: 300 });
}, 120_000);

test('what is found is told with its seed, the faults that it takes and a trace, and fails the run', async () => {
  const bug = bugs.find(({ name }) => name === 'a void forgets the charge that is under way');
  expect(bug).toBeDefined();
  await inTreeWith(bug, async (tree) => {
    const command = ['test/simulation/simulate.ts', '--seed', '1', '--seeds', '2000', '--json'];
    const { exitCode, stdout, stderr } = await inNode(tree, command);
    expect(exitCode).toBe(1);
    const { violations, firstSeed } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(violations).toBeGreaterThan(0);
    expect(stderr).toContain(`seed ${firstSeed}: `);
    expect(stderr).toMatch(/Faults:\n {2}\w/);
    expect(stderr).toMatch(/payment#\d+ call-\d+ (create|confirm|cancel) /);
    expect(stderr).toContain('BROKEN: ');
    // The line that keeps it is a script that breaks the promise again.
    const [, line = ''] = /echo '(.*)' >> test\/simulation\/kept\/scripts\.jsonl/.exec(stderr) ?? [];
    const replay = `
      const { failuresAmong } = await import('./test/simulation/kept/kept.ts');
      console.log((await failuresAmong(process.argv[1])).join());`;
    const again = await inNode(tree, ['--input-type=module', '--eval', replay, line]);
    expect(again.stdout).toContain(`seed ${firstSeed}: `);
    expect(again.stdout).toContain('BROKEN: ');
  });
}, 120_000);

test(`every one of ${bugs.length} planted bugs is found within ${MAX_SEEDS} seeds`, async () => {
  expect(bugs.length).toBeGreaterThanOrEqual(100);
  expect(await huntAll(bugs, MAX_SEEDS)).toEqual([]);
}, 1_500_000);
