const levels = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Keeps back what the functions log, which tells nothing that the trace does not, and the stack traces of the
 * errors that are injected by the thousand.
 */
let nested = 0;
let restore = () => {};

export async function withoutLogs<T>(work: () => Promise<T>): Promise<T> {
  // Runs overlap: the first one silences, and the last one gives the voice back.
  if (nested === 0) restore = silence();
  nested += 1;
  try {
    return await work();
  } finally {
    nested -= 1;
    if (nested === 0) restore();
  }
}

function silence(): () => void {
  const kept = levels.map((level) => [level, console[level]] as const);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  for (const level of levels) console[level] = () => {};
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    for (const [level, log] of kept) console[level] = log;
  };
}
