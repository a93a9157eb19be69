export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Code that logs once a message checks this first, so it does not build entries that are dropped. */
export const isDebugging = process.env.LOG_LEVEL === 'debug';

/**
 * One JSON line per entry, `debug` only when LOG_LEVEL is `debug`. Written to stdout and not by `console`: Lambda puts
 * the time, the request id and the level before a console line, so metric filters could not read it as JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function log(level: Level, message: string, details: Readonly<Record<string, unknown>> = {}): void {
  if (level === 'debug' && !isDebugging) return;
  const entry = { timestamp: new Date().toISOString(), level, message, ...details };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
