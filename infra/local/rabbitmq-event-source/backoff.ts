import { setTimeout as delay } from 'node:timers/promises';

/** Doubles from `firstMs` with every attempt, up to `highestMs`. Attempts count from 1. */
export function backoffMs(attempt: number, firstMs: number, highestMs: number): number {
  return Math.min(highestMs, firstMs * 2 ** (attempt - 1));
}

/** Waits until the task settles, but no longer than this. Ignores its failure. */
export async function within(milliseconds: number, task: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const settled = task.then(
    () => enough.abort(),
    () => enough.abort(),
  );
  await Promise.race([settled, pause(milliseconds, enough.signal)]);
}

/** Waits; ends early, without an error, when the signal is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
