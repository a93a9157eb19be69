import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../infra/local/project.ts';
import { findInstalledServer } from '../../infra/local/rabbitmq/installed.ts';
import { seriesOf } from '../../infra/local/rabbitmq/series.ts';
import { listenForStopRequests } from '../../infra/local/stop-request.ts';
import { runToEnd } from '../support/gate/supervised-command.ts';
import { countTests } from '../support/gate/tally.ts';
import {
  discardPart,
  inRoot,
  isMade,
  keep,
  making,
  mirror,
  obstacle,
  type Root,
  rootOf,
  versionIn,
} from './roots.ts';
import { runs } from './runs.ts';

/** Neither passed nor failed: something was not run. */
const NOT_RUN = 77;
const INTERRUPTED = 130;

/** Releases of Debian that have another RabbitMQ than the one that is installed. */
const suites = ['trixie', 'forky'];
const INSTALLED = 'installed';

const requests = listenForStopRequests();
const folder = join(projectDir, '.local/brokers');

type Broker = {
  readonly title: string;
  readonly inside: (command: readonly string[]) => ReturnType<typeof inRoot>;
};

/**
 * `npm run test:brokers [-- installed|trixie|forky…]`: runs the tests that concern the broker on the RabbitMQ that is
 * installed, and on those of other releases of Debian. Ends with 0 if all are green, 1 if one is not, 77 if one was not
 * run.
 */
async function main(names: readonly string[]): Promise<number> {
  const known = [INSTALLED, ...suites];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no broker "${unknown}". The brokers are: ${known.join(', ')}.`);
    return 2;
  }
  const why = await obstacle();
  if (why !== undefined) {
    console.log(`Not run: other brokers cannot be had here, because ${why}.`);
    return NOT_RUN;
  }
  mkdirSync(folder, { recursive: true });
  const results: string[] = [];
  let [failed, notRun] = [0, 0];
  for (const name of names.length > 0 ? names : known) {
    const broker = name === INSTALLED ? installed() : await unpacked(rootOf(name));
    if (requests.stop.aborted) return INTERRUPTED;
    if (typeof broker === 'string') {
      notRun += 1;
      results.push(`not run: RabbitMQ, ${name}: ${broker}`);
      continue;
    }
    const figures = await test(broker);
    if (requests.stop.aborted) return INTERRUPTED;
    failed += figures.failed;
    results.push(`${broker.title}: ${figures.passed} passed, ${figures.failed} failed`);
  }
  console.log(`\n${results.join('\n')}`);
  if (failed > 0) return 1;
  return notRun > 0 ? NOT_RUN : 0;
}

function installed(): Broker | string {
  const server = findInstalledServer(process.env);
  if (server === undefined) return 'none is installed';
  return {
    title: `RabbitMQ ${seriesOf(server)} (installed)`,
    inside: (command) => ({ command, environment: process.env }),
  };
}

/** Brings the broker if it is not there yet. Answers why if it can't. */
async function unpacked(root: Root): Promise<Broker | string> {
  if (!isMade(root)) {
    const from = (await mirror()) ?? '';
    console.log(`▶ Debian ${root.suite} with RabbitMQ, into ${root.folder} (once, two minutes)`);
    discardPart(root);
    const options = { environment: process.env, isQuiet: true, ...requests };
    const { exitCode, output } = await runToEnd(making(root, from), options);
    if (exitCode !== 0) {
      discardPart(root);
      return output.trimEnd().split('\n').at(-1) ?? '';
    }
    keep(root);
  }
  return {
    title: `RabbitMQ ${versionIn(root)} (Debian ${root.suite})`,
    inside: (command) => inRoot(root, command),
  };
}

async function test({ title, inside }: Broker) {
  // A root sees no other folder than the project's.
  const reports = mkdtempSync(join(folder, 'reports-'));
  const figures = { passed: 0, failed: 0 };
  try {
    for (const [index, run] of runs.entries()) {
      if (requests.stop.aborted) break;
      const report = join(reports, `${index}.json`);
      const json = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      console.log(`▶ ${title}: ${run.join(' ')}`);
      const { command, environment } = inside([...run, ...json]);
      const { exitCode } = await runToEnd(command, { environment, isQuiet: false, ...requests });
      const tally = countTests(report, exitCode);
      for (const problem of tally.problems) console.log(`  ${problem}`);
      figures.passed += tally.passed;
      figures.failed += tally.failed;
    }
    return figures;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

process.exit(await main(process.argv.slice(2)));
