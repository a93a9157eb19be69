import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';
import type { Bug } from './planter/bug.ts';
import { planted } from './planter/planted.ts';

const copied = [
  'engine',
  'functions',
  'examples',
  'infra',
  'test/simulation',
  'test/examples',
  'package.json',
];

/** Does something in a copy of the product, with a bug in it if there is one. */
export async function inTreeWith<T>(bug: Bug | undefined, work: (tree: string) => Promise<T>): Promise<T> {
  const tree = mkdtempSync(join(tmpdir(), 'order-saga-planted-'));
  try {
    for (const path of copied) cpSync(join(projectDir, path), join(tree, path), { recursive: true });
    symlinkSync(join(projectDir, 'node_modules'), join(tree, 'node_modules'));
    if (bug !== undefined) plant(bug, tree);
    return await work(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Plants a bug in a copy of the product. @throws Error if there is no place for it */
function plant(bug: Bug, tree: string): void {
  const path = join(tree, bug.file);
  writeFileSync(path, planted(bug, readFileSync(path, 'utf8')));
}
