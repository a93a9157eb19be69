import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir, sagaFolder } from '../project.ts';

/** The text of every file, by its path in the project. */
export type Sources = Readonly<Record<string, string>>;

const deployed = ['engine/**/*.ts', `${sagaFolder}/**/*.ts`, 'infra/aws/topology/*.ts', 'infra/broker/*.ts'];

/** Of what is deployed. */
export const readSources = (): Sources =>
  Object.fromEntries(
    globSync(deployed, { cwd: projectDir }).map((path) => [
      path,
      readFileSync(join(projectDir, path), 'utf8'),
    ]),
  );
