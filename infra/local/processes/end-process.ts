import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from './process-identity.ts';

const pollMs = 20;
const killWaitMs = 5_000;

/**
 * Ends a process that leads its own group: sends the signal, and kills the group if the process runs for longer than
 * `graceMs`. With `graceMs` 0 it kills at once.
 */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (graceMs > 0) {
    signalSafely(identity, identity.pid, signal);
    if (await hasEnded(identity, graceMs)) return;
  }
  signalSafely(identity, -identity.pid, 'SIGKILL');
  if (!(await hasEnded(identity, killWaitMs))) {
    throw new Error(`process ${identity.pid} could not be killed`);
  }
}

function signalSafely(identity: ProcessIdentity, target: number, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(target, signal);
  } catch (error) {
    // The process has ended meanwhile, or does not lead a group.
    if (target < 0) signalSafely(identity, identity.pid, signal);
    else if (isRunning(identity)) throw error;
  }
}

async function hasEnded(identity: ProcessIdentity, waitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= waitMs; waitedMs += pollMs) {
    if (!isRunning(identity)) return true;
    await delay(pollMs);
  }
  return !isRunning(identity);
}
