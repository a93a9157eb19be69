import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { SetupError } from './processes/setup-error.ts';
import { projectDir } from './project.ts';

/** What a local run writes is for its own user alone: keys, passwords, orders, ledgers, logs. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

const OTHERS = 0o077;

/** Makes a folder that only its user may enter. One that is there already, and open to others, is closed. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
  if ((statSync(path).mode & OTHERS) === 0) return path;
  try {
    chmodSync(path, PRIVATE_FOLDER);
  } catch (error) {
    throw new SetupError(
      `Others may read ${path}, and this user may not change that. Set DATA_DIR to a folder of your own.`,
      { cause: error },
    );
  }
  return path;
}

/** The folder of a system's data. One that `DATA_DIR` names, and that is there already, may hold other things, and stays as it is. */
export function privateData(dataDir: string): void {
  const isOurs = !relative(join(projectDir, '.local'), dataDir).startsWith('..');
  if (isOurs || !existsSync(dataDir)) privateFolder(dataDir);
}

/**
 * Whatever a child that `start` makes writes is for its user alone: a database or a broker is no program of ours, and takes no
 * mode. A child inherits the mask of its parent at this moment. A worker thread cannot set it.
 * https://nodejs.org/api/process.html#processumaskmask
 */
export function privately<Child>(start: () => Child): Child {
  if (!isMainThread) return start();
  const before = process.umask(OTHERS);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}
