import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes all of the files, or none: if what follows fails, everything is as it was before.
 * @throws what `follow` throws
 */
export function writeAll(
  folder: string,
  files: ReadonlyMap<string, string>,
  follow: (paths: readonly string[]) => void,
): void {
  const undo: (() => void)[] = [];
  try {
    for (const [path, text] of files) {
      const file = join(folder, path);
      undo.push(wayBack(file));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    follow([...files.keys()]);
  } catch (error) {
    for (const each of undo.toReversed()) each();
    throw error;
  }
}

/** Returns a function that restores the file, and removes the folders that are made for it. */
function wayBack(file: string): () => void {
  if (existsSync(file)) {
    const before = readFileSync(file);
    return () => writeFileSync(file, before);
  }
  const made = firstMade(file);
  return () => rmSync(made, { recursive: true, force: true });
}

/** The file, or the topmost folder that has to be made for it. */
function firstMade(file: string): string {
  const above = dirname(file);
  return existsSync(above) ? file : firstMade(above);
}
