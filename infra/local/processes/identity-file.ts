import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { PRIVATE_FILE } from '../private-files.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

const schema = z.object({ pid: z.int().positive(), startedAt: z.string() });

export function writeIdentity(path: string, identity: ProcessIdentity): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(identity), { mode: PRIVATE_FILE });
  renameSync(draft, path);
}

function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The process that the file names, if that very process still runs. */
export function runningFrom(path: string): ProcessIdentity | undefined {
  const identity = readIdentity(path);
  return identity !== undefined && isRunning(identity) ? identity : undefined;
}

/**
 * Makes this process the only holder of `path`. Returns the process that already holds it, or undefined if this one now
 * does. A holder that was killed does not count. link() makes it atomic: it fails if the name exists, and the file is
 * complete from the start.
 */
export function claim(path: string): ProcessIdentity | undefined {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('this process cannot find its own start time');
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(self), { mode: PRIVATE_FILE });
  try {
    for (;;) {
      try {
        linkSync(draft, path);
        return undefined;
      } catch (error) {
        if (!isNodeError(error, 'EEXIST')) throw error;
      }
      const holder = runningFrom(path);
      if (holder !== undefined) return holder;
      discardStale(path);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two starts may find the same stale file. The rename succeeds for only one of them. */
function discardStale(path: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return;
    throw error;
  }
  const moved = runningFrom(aside);
  // Another start claimed the file between our check and our rename: give it back.
  if (moved !== undefined) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

export function isNodeError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
