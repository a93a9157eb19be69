import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';

/** Everything that is written about the product, wherever it stands. */
export const documents: string = globSync(['README.md', 'docs/*.md'], { cwd: projectDir })
  .toSorted()
  .map((path) => readFileSync(join(projectDir, path), 'utf8'))
  .join('\n\n');
