import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';

/** README.md and the files in docs/ as one text. */
export const documents: string = globSync(['README.md', 'docs/*.md'], { cwd: projectDir })
  .toSorted()
  .map((path) => readFileSync(join(projectDir, path), 'utf8'))
  .join('\n\n');
