import { setTimeout as delay } from 'node:timers/promises';
import { answers } from '../ports.ts';
import { runningFrom } from '../processes/identity-file.ts';
import { identityFileOf } from '../processes/own-process.ts';
import { SetupError } from '../processes/setup-error.ts';

const REVIVED_WITHIN_MS = 30_000;
const PAUSE_MS = 50;

/**
 * `kill -9` of the process in which `npm start` runs the functions. `npm start` then starts another one.
 * @throws SetupError if there is no such process, or no other replaces it
 */
export async function killFunctions(dataDir: string, lambdaPort: number): Promise<void> {
  const file = identityFileOf(dataDir, 'serverless-offline');
  const victim = runningFrom(file);
  if (victim === undefined)
    throw new SetupError('Only the functions that npm start runs here can be killed.');
  process.kill(victim.pid, 'SIGKILL');
  const deadline = performance.now() + REVIVED_WITHIN_MS;
  while (performance.now() < deadline) {
    const now = runningFrom(file);
    if (now !== undefined && now.pid !== victim.pid && (await answers(lambdaPort))) return;
    await delay(PAUSE_MS);
  }
  throw new SetupError(
    `The functions were killed, and did not come back within ${REVIVED_WITHIN_MS / 1000} s.`,
  );
}
