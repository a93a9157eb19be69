/** One JSON line per entry, as CloudWatch Logs Insights reads it. `debug` only when LOG_LEVEL asks for it. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

const isDebugging = process.env.LOG_LEVEL === 'debug';

export function log(level: Level, message: string, details: Readonly<Record<string, unknown>> = {}): void {
  if (level === 'debug' && !isDebugging) return;
  console[level](JSON.stringify({ level, message, ...details }));
}
