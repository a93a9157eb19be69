import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../infra/local/ports.ts';
import { listenForStopRequests } from '../../infra/local/stop-request.ts';
import { startSystem } from '../../infra/local/system.ts';
import { passesSuite } from './suite.ts';

const retryDelays = '200ms,400ms,800ms,1s,2s,4s';

/**
 * `npm run test:given`: starts a fresh system, and lets the suite test it from outside, by nothing but its endpoints.
 * That is how the suite tests LocalStack too.
 */
async function main(): Promise<number> {
  const requests = listenForStopRequests();
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-given-'));
  try {
    const system = await startSystem({
      dataDir,
      ports: await freePorts(),
      environment: { NUDGE_SCHEDULE: 'false', RETRY_DELAYS: retryDelays, QUEUE_SHARDS: '1' },
      stopSignal: requests.stop,
      killSignal: requests.kill,
    });
    try {
      const given = { urls: system.urls, stage: 'local', dataDir, retryDelays };
      return (await passesSuite(given, requests)) ? 0 : 1;
    } finally {
      await system.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

process.exit(await main());
