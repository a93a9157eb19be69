import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Invocation {
  /** The function's key in serverless.yml. */
  readonly functionName: string;
  readonly milliseconds: number;
}

/** serverless-offline says a line of this kind for each invocation that has ended, at the log level `notice`. */
const linePattern = /\(λ: ([\w-]+)\) RequestId: \S+ +Duration: ([\d.]+) ms/g;

export const loggingInvocations = { SLS_LOG_LEVEL: 'notice' };

/** Every invocation that has ended so far, in order. */
export function invocationsIn(dataDir: string): readonly Invocation[] {
  return invocationsOf(readFileSync(join(dataDir, 'logs', 'serverless-offline.log'), 'utf8'));
}

export function invocationsOf(log: string): readonly Invocation[] {
  return [...log.matchAll(linePattern)].map(([, functionName = '', milliseconds]) => ({
    functionName,
    milliseconds: Number(milliseconds),
  }));
}
