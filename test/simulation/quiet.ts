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
  const { stackTraceLimit } = Error;
  const write = process.stdout.write.bind(process.stdout);
  Error.stackTraceLimit = 0;
  process.stdout.write = () => true;
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    process.stdout.write = write;
  };
}
