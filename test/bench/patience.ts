const lookEveryMs = 1_000;

/** Counts what ends, so that who waits knows whether waiting still makes sense. */
export class Progress {
  ended = 0;
  readonly tick = (): void => {
    this.ended += 1;
  };
}

/** @throws Error when nothing has ended for so long, or the signal's reason when it is aborted */
export async function whileProgressing<T>(
  work: Promise<T>,
  progress: Progress,
  { stop, stallMs }: { readonly stop: AbortSignal; readonly stallMs: number },
): Promise<T> {
  work.catch(() => {});
  const over = Promise.withResolvers<never>();
  const interrupt = () => over.reject(stop.reason);
  stop.addEventListener('abort', interrupt);
  let [seen, sinceMs] = [progress.ended, performance.now()];
  const timer = setInterval(
    () => {
      if (progress.ended !== seen) [seen, sinceMs] = [progress.ended, performance.now()];
      else if (performance.now() - sinceMs > stallMs) {
        over.reject(new Error(`no saga has ended for ${stallMs / 1_000} s; ${seen} had before`));
      }
    },
    Math.min(lookEveryMs, stallMs),
  );
  try {
    stop.throwIfAborted();
    return await Promise.race([work, over.promise]);
  } finally {
    clearInterval(timer);
    stop.removeEventListener('abort', interrupt);
  }
}
