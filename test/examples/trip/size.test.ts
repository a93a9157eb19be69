import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';

/** Goal: a saga is little to write. Method: every line of every file of the example counts, settings and scenarios too. */
const MAX_LINES = 250;

const linesIn = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;

test(`the trip has at most ${MAX_LINES} lines`, () => {
  const files = globSync('examples/trip/**', { cwd: projectDir })
    .map((path) => join(projectDir, path))
    .filter((path) => statSync(path).isFile());
  expect(files.length).toBeGreaterThanOrEqual(9);
  const lines = files.reduce((sum, path) => sum + linesIn(path), 0);
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThanOrEqual(MAX_LINES);
});
