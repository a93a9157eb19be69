import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { application, title } from '../application.ts';
import { consoleUrl } from './console/part.ts';
import { stage } from './environment.ts';
import { type Ports, portsFrom } from './ports.ts';
import type { PartFailure } from './processes/part.ts';
import { SetupError } from './processes/setup-error.ts';
import { dataDirFrom, isShop, projectDir } from './project.ts';
import { reviver } from './revive.ts';
import { addSampleStock } from './sample-stock.ts';
import { checkSettings } from './settings.ts';
import { aborted, listenForStopRequests } from './stop-request.ts';
import { type System, startSystem } from './system.ts';
import { welcome } from './welcome.ts';
import { readConfiguration } from './wiring/configuration.ts';
import { unloadable } from './wiring/unloadable.ts';

const report = (line: string) => console.log(line);

/** `npm start`: the whole system, until Ctrl-C. */
async function main(): Promise<void> {
  const requests = listenForStopRequests();
  requests.stop.addEventListener('abort', () => report('Stopping…'));
  const dataDir = dataDirFrom(process.env);
  checkSettings(process.env);
  const ports = portsFrom(process.env);
  const begin = performance.now();
  report(`Starting ${title}${existsSync(join(dataDir, 'logs')) ? '' : ' for the first time'}…`);
  // While the parts start there is time to load every function once.
  const loading = unloadable(readConfiguration(application, stage).functions);
  const failures = Promise.withResolvers<never>();
  failures.promise.catch(() => {});
  const revive = reviver(report);
  let system: System | undefined;
  const onUnexpectedEnd = (failure: PartFailure) => {
    if (!requests.stop.aborted) revive(failure).catch(failures.reject);
  };
  system = await startSystem({
    dataDir,
    ports,
    report,
    withConsole: isShop,
    onUnexpectedEnd,
    stopSignal: requests.stop,
    killSignal: requests.kill,
  });
  try {
    const greeting = { ports, logDir: join(dataDir, 'logs'), begin };
    const working = greet(system, greeting, loading).then(() => aborted(requests.stop));
    await Promise.race([working, aborted(requests.stop), failures.promise]);
  } finally {
    await system.stop();
  }
}

type Loading = ReturnType<typeof unloadable>;

/** bootstrap.mjs has taken away the folder of a saga, if it was one. Ends the process. */
function refuseOtherSagas(): void {
  const [argument] = process.argv.slice(2);
  if (argument === undefined) return;
  const examples = readdirSync(join(projectDir, 'examples')).map((name) => `npm start -- examples/${name}`);
  console.error(`There is no saga in ${argument}. Start the shop with npm start, or: ${examples.join(', ')}`);
  process.exit(2);
}

interface Greeting {
  readonly ports: Ports;
  readonly logDir: string;
  /** When the start began, in milliseconds of this process. */
  readonly begin: number;
}

async function greet(system: System, { ports, logDir, begin }: Greeting, loading: Loading): Promise<void> {
  const flaws = await loading;
  if (flaws.length > 0) throw new SetupError(flaws.join('\n'));
  if (isShop)
    report(`✓ ${await addSampleStock(system.urls.api, await system.signToken({ role: 'operator' }))}`);
  report(`✓ everything is up (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  const token = await system.signToken({ role: application.ownerRole });
  report(welcome(system, token, logDir, isShop ? consoleUrl(ports) : undefined));
}

refuseOtherSagas();
let exitCode = 0;
try {
  await main();
} catch (error) {
  const isInterrupted = error instanceof Error && error.name === 'AbortError';
  if (error instanceof SetupError) console.error(error.message);
  else if (!isInterrupted) console.error(error);
  if (!isInterrupted) exitCode = 1;
}
process.exit(exitCode);
