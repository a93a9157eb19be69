import { setTimeout as delay } from 'node:timers/promises';

/** Doubles from `firstMs` with every attempt in a row, up to `highestMs`. Attempts count from 1. */
export function backoffMs(attempt: number, firstMs: number, highestMs: number): number {
  return Math.min(highestMs, firstMs * 2 ** (attempt - 1));
}

/** Waits; ends early, without an error, when the signal is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
