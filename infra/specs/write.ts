import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../local/project.ts';
import { documents } from './documents.ts';

/** `npm run specs`: writes the documents in api/, which are committed. A test fails while they are not what they should be. */
const folder = join(projectDir, 'api');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(await documents())) {
  writeFileSync(join(folder, name), text);
  console.log(`api/${name}`);
}
