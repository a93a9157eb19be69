import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../infra/local/ports.ts';
import { listenForStopRequests, type StopRequest } from '../../infra/local/stop-request.ts';
import { startSystem } from '../../infra/local/system.ts';
import { runToEnd } from '../support/gate/supervised-command.ts';
import { NOT_RUN } from '../support/gate/tally.ts';
import { installClient } from '../support/runtime/client.ts';
import { variableOf } from '../support/runtime/local.ts';
import { nobodyRefused } from '../support/saga/nobody-refused.ts';

const INTERRUPTED = 130;

/**
 * `npm run test:runtime [-- ARGUMENT…]`, with arguments for vitest: runs every bundle under AWS's runtime interface client, as
 * Lambda does, beside a local system. Ends with 77 where the client cannot be installed.
 */
async function main(args: readonly string[]): Promise<number> {
  const requests = listenForStopRequests();
  const why = await installClient(requests);
  if (requests.stop.aborted) return INTERRUPTED;
  if (why !== undefined) {
    console.log(`Not run: ${why}.`);
    return NOT_RUN;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-runtime-'));
  try {
    return await besideSystem(dataDir, args, requests);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function besideSystem(
  dataDir: string,
  args: readonly string[],
  requests: StopRequest,
): Promise<number> {
  const system = await startSystem({
    dataDir,
    ports: await freePorts(),
    environment: { NUDGE_SCHEDULE: 'false', QUEUE_SHARDS: '1', ...nobodyRefused },
    ...{ stopSignal: requests.stop, killSignal: requests.kill },
  });
  try {
    const variables = variableOf({
      lambdaUrl: system.urls.lambda,
      environment: { ...system.environment },
      customerToken: await system.signToken({ name: 'alice', role: 'customer' }),
    });
    const command = ['vitest', 'run', '--project', 'runtime', ...args];
    const environment = { ...process.env, ...variables };
    const { exitCode } = await runToEnd(command, { environment, isQuiet: false, ...requests });
    return exitCode ?? 1;
  } finally {
    await system.stop();
  }
}

process.exit(await main(process.argv.slice(2)));
