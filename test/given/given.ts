import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../infra/local/ports.ts';
import { listenForStopRequests, type StopRequest } from '../../infra/local/stop-request.ts';
import { startSystem } from '../../infra/local/system.ts';
import { givenSystem } from '../support/saga/given-system.ts';
import { variablesOf } from '../support/saga/given-variables.ts';
import { nobodyRefused } from '../support/saga/nobody-refused.ts';
import { passesSuite } from './suite.ts';

const retryDelays = '200ms,400ms,800ms,1s,2s,4s';

/**
 * `npm run test:integration [-- ARGUMENT…]`, with arguments for vitest: has the suite test a system from outside, by nothing
 * but its endpoints, as it tests LocalStack too. The system is the one that the shell names, or else a second one
 * that is started here.
 */
async function main(args: readonly string[]): Promise<number> {
  const requests = listenForStopRequests();
  const test = (variables: NodeJS.ProcessEnv) => passesSuite(variables, requests, args);
  const isGreen =
    givenSystem(process.env) === undefined ? await onSecondSystem(requests, test) : await test(process.env);
  return isGreen ? 0 : 1;
}

async function onSecondSystem(
  { stop, kill }: StopRequest,
  test: (variables: NodeJS.ProcessEnv) => Promise<boolean>,
): Promise<boolean> {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-given-'));
  try {
    const system = await startSystem({
      dataDir,
      ports: await freePorts(),
      environment: {
        NUDGE_SCHEDULE: 'false',
        ...nobodyRefused,
        RETRY_DELAYS: retryDelays,
        QUEUE_SHARDS: '1',
      },
      ...{ stopSignal: stop, killSignal: kill },
    });
    try {
      return await test({ ...process.env, ...variablesOf({ urls: system.urls, dataDir, retryDelays }) });
    } finally {
      await system.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

process.exit(await main(process.argv.slice(2)));
