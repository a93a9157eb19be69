const levels = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Keeps back what the functions log, which tells nothing that the trace does not, and the stack traces of the
 * errors that are injected by the thousand.
 */
export async function withoutLogs<T>(work: () => Promise<T>): Promise<T> {
  const kept = levels.map((level) => console[level]);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (const level of levels) console[level] = () => {};
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    levels.forEach((level, index) => {
      console[level] = kept[index] as (typeof console)[typeof level];
    });
  }
}
