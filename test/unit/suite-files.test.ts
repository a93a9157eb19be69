import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../infra/local/project.ts';
import { notInSuite, suiteFiles } from '../given/files.ts';

const all = globSync('test/integration/**/*.test.ts', { cwd: projectDir });

test('every integration test runs against any endpoints, or it is said why not', () => {
  expect(all.length).toBeGreaterThan(20);
  expect([...suiteFiles, ...Object.keys(notInSuite)].toSorted()).toEqual(all.toSorted());
});

test('what runs against any endpoints starts nothing but a world, and reaches for none of its parts', () => {
  for (const file of suiteFiles) {
    const text = readFileSync(join(projectDir, file), 'utf8');
    expect(text, file).toContain('startWorld(');
    expect(text, file).not.toMatch(/startSystem|findBroker|findDatabase|\.parts\b|child_process|\binject\(/);
  }
});
