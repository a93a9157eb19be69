import { join, resolve } from 'node:path';

export const projectDir = resolve(import.meta.dirname, '../..');

/** The folder of the local system's data: DATA_DIR, or `.local` in the project. */
export function dataDirFrom(environment: NodeJS.ProcessEnv): string {
  const chosen = environment.DATA_DIR;
  return chosen === undefined || chosen === '' ? join(projectDir, '.local') : resolve(chosen);
}
