import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';
import { bugs } from './bugs/bugs.ts';
import type { Bug } from './planter/bug.ts';
import { planted } from './planter/planted.ts';
import { inTreeWith } from './tree.ts';

/**
 * Goal: a bug does not depend on how the product is laid out. Method: the product is formatted in another way in as
 * many respects as there are, every bug is planted in that and in the product as it is, and both come to the same code.
 */
const otherLayout = {
  root: true,
  formatter: { indentStyle: 'tab', lineWidth: 50, bracketSpacing: false },
  javascript: {
    formatter: {
      quoteStyle: 'double',
      quoteProperties: 'preserve',
      semicolons: 'asNeeded',
      trailingCommas: 'none',
      arrowParentheses: 'asNeeded',
      operatorLinebreak: 'before',
    },
  },
  files: { maxSize: 10_000_000 },
};

function format(tree: string): void {
  writeFileSync(join(tree, 'biome.json'), JSON.stringify(otherLayout));
  const biome = join(projectDir, 'node_modules/.bin/biome');
  execFileSync(biome, ['format', '--write', 'engine', 'functions'], { cwd: tree, stdio: 'pipe' });
}

/** The code alone: no types, no comments, no white space. */
const codeOf = (text: string): string =>
  transformSync(text, {
    minify: true,
    jsc: {
      target: 'esnext',
      parser: { syntax: 'typescript' },
      minify: { compress: false, mangle: false },
    },
  }).code;

const textIn = (tree: string, { file }: Bug): string => readFileSync(join(tree, file), 'utf8');

test(`all ${bugs.length} bugs can be planted, and change something`, () => {
  const unchanged = bugs.filter((bug) => {
    const text = textIn(projectDir, bug);
    return codeOf(planted(bug, text)) === codeOf(text);
  });
  expect(unchanged).toEqual([]);
}, 60_000);

test('all of them can be planted in the product with another layout, and are the same bugs there', async () => {
  await inTreeWith(undefined, async (tree) => {
    format(tree);
    const reformatted = bugs.filter((bug) => textIn(tree, bug) !== textIn(projectDir, bug));
    expect(reformatted).toEqual(bugs);
    for (const bug of bugs) {
      const [here, there] = [planted(bug, textIn(projectDir, bug)), planted(bug, textIn(tree, bug))];
      expect(codeOf(there), bug.name).toBe(codeOf(here));
    }
  });
}, 60_000);

test('no two bugs have one name, and no two are the same', () => {
  expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
  expect(new Set(bugs.map((bug) => `${bug.file} ${planted(bug, textIn(projectDir, bug))}`)).size).toBe(
    bugs.length,
  );
});
