import { join, resolve } from 'node:path';

export const projectDir = resolve(import.meta.dirname, '../..');

/** Where the local system keeps its data: `.local` in the project, or the folder DATA_DIR names. */
export function dataDirFrom(environment: NodeJS.ProcessEnv): string {
  const chosen = environment.DATA_DIR;
  return chosen === undefined || chosen === '' ? join(projectDir, '.local') : resolve(chosen);
}
