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
