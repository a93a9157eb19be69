/** So long the broker has for an answer on an open channel, outside of publishing: no owner of a saga waits for one. */
export const ANSWER_TIMEOUT_MS = 5_000;

/** @throws Error if it takes longer. A rejection after that is ignored. */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** An answer of the broker. @throws Error if it does not come in time */
export const answerOf = <T>(answer: PromiseLike<T>): Promise<T> =>
  within(ANSWER_TIMEOUT_MS, Promise.resolve(answer));
