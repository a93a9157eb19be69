// `yarn start` does what `npm start` does. `yarn install` would install other packages than package-lock.json has.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectDir = resolve(fileURLToPath(import.meta.url), '../../..');
const { scripts } = JSON.parse(readFileSync(resolve(projectDir, 'package.json'), 'utf8'));

const words = process.argv.slice(2);
while (['run', '-s', '--silent'].includes(words[0])) words.shift();
const [name = 'install', ...args] = words;
const [, entry] = /^node infra\/local\/bootstrap\.mjs (\S+)$/.exec(scripts[name] ?? '') ?? [];
if (entry === undefined) {
  const instead = name in scripts ? `npm run ${name}` : 'npm start';
  console.error(`This project uses npm, which yarn ${name} cannot stand in for. Run: ${instead}`);
  process.exit(1);
}
const bootstrap = resolve(projectDir, 'infra/local/bootstrap.mjs');
process.argv = [process.execPath, bootstrap, entry, ...args];
await import('./bootstrap.mjs');
