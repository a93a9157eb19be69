import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';
import type { Bug } from './bugs/bug.ts';

const copied = ['engine', 'functions', 'infra', 'test/simulation', 'package.json'];

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

function plant({ name, file, find, replace }: Bug, tree: string): void {
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const places = before.split(find).length - 1;
  if (places !== 1) throw new Error(`${name}: what it changes stands ${places} times in ${file}`);
  writeFileSync(
    path,
    before.replace(find, () => replace),
  );
}
