import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { application } from '../application.ts';
import { projectDir } from '../local/project.ts';
import { readConfiguration } from '../local/wiring/configuration.ts';
import { mapsOf } from './bundle.ts';
import { withSourcePositions } from './source-positions.ts';

/**
 * `npm run -s map-stack < FILE`: a function's log lines or stack trace, with the places in the source. Run it in a
 * checkout of what was deployed: bundles are the same each time they are made, so their maps are made when they are needed.
 */
async function main(): Promise<void> {
  const { functions } = readConfiguration(application, 'prod');
  const folders = { projectDir, outputDir: tmpdir() };
  const handlers = Object.values(functions).map(({ handler }) => handler);
  const maps = await mapsOf({ ...folders, handlers });
  process.stdout.write(withSourcePositions(readFileSync(process.stdin.fd, 'utf8'), maps, folders));
}

await main();
