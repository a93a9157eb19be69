import { setTimeout as delay } from 'node:timers/promises';

/** Waits; ends early, without an error, when the signal is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

/** @throws Error if it takes longer; what was waited for goes on and its end is nobody's concern */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error(`${what} took more than ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
