import * as z from 'zod';

/** A local system: serverless-offline, which the same functions are compared with, and what they reach. */
const Local = z.object({
  lambdaUrl: z.string(),
  /** What functions need to reach its parts. */
  environment: z.record(z.string(), z.string()),
  customerToken: z.string(),
});
export type Local = z.infer<typeof Local>;

const VARIABLE = 'RUNTIME_LOCAL_SYSTEM';

/** For the process that tests. */
export const variableOf = (local: Local): Readonly<Record<string, string>> => ({
  [VARIABLE]: JSON.stringify(local),
});

/** @throws Error without a system */
export function localIn(environment: NodeJS.ProcessEnv): Local {
  const text = environment[VARIABLE];
  if (text === undefined)
    throw new Error('these tests need a local system: start them by npm run test:runtime');
  return Local.parse(JSON.parse(text));
}
