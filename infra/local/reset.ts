import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers } from './leftovers.ts';
import { refuseArguments } from './no-arguments.ts';
import { portsFrom } from './ports.ts';
import { canRunCompose, removeComposeVolumes } from './processes/docker.ts';
import { runningFrom } from './processes/identity-file.ts';
import { dataDirFrom } from './project.ts';
import { removePlainPath } from './rabbitmq/plain-path.ts';
import { nodeHomesIn } from './rabbitmq/series.ts';
import { lastPorts, supervisorFileOf } from './running-system.ts';

const folders = ['rabbitmq', 'dynamodb', 'payments', 'identity', 'logs', 'run'];

/** `npm run reset`: the next start begins with an empty system. */
async function main(): Promise<number> {
  const dataDir = dataDirFrom(process.env);
  const supervisor = runningFrom(supervisorFileOf(dataDir));
  if (supervisor !== undefined) {
    console.error(
      `The local system is running (process ${supervisor.pid}); stop it with Ctrl-C, then reset again.`,
    );
    return 1;
  }
  const ports = lastPorts(dataDir) ?? portsFrom(process.env);
  await endLeftovers(dataDir, console.log);
  for (const home of nodeHomesIn(dataDir)) removePlainPath(home);
  // Only this project's folders: DATA_DIR may contain other things.
  const present = folders.map((folder) => join(dataDir, folder)).filter((folder) => existsSync(folder));
  for (const folder of present) rmSync(folder, { recursive: true, force: true });
  if (await canRunCompose()) await removeComposeVolumes(ports);
  console.log(present.length === 0 ? 'There was no data to clear.' : `The data in ${dataDir} is cleared.`);
  return 0;
}

refuseArguments('run reset');
process.exitCode = await main();
