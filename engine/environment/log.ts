export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Whoever logs for every message asks first: what nobody reads is not even put together. */
export const isDebugging = process.env.LOG_LEVEL === 'debug';

/**
 * One JSON line per entry, `debug` only when LOG_LEVEL asks for it. Not by `console`, before whose lines Lambda puts
 * the time, the request's id and the level, and so makes them something else than JSON: metric filters would find
 * no field in them. What is written to stdout is kept as it is.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function log(level: Level, message: string, details: Readonly<Record<string, unknown>> = {}): void {
  if (level === 'debug' && !isDebugging) return;
  const entry = { timestamp: new Date().toISOString(), level, message, ...details };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
