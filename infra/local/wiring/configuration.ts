import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Saga } from '../../../engine/saga/saga.ts';
import { ownSettings } from '../../functions/own-settings.ts';
import { participantFunctions } from '../../functions/participant-functions.ts';
import { sagaVariables } from '../../functions/variables.ts';
import { projectDir } from '../project.ts';

const FunctionEntry = z.object({
  handler: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  reservedConcurrency: z.number().optional(),
  events: z
    .array(z.object({ rabbitmq: z.looseObject({ queue: z.string() }).optional() }).loose())
    .default([]),
});

const Configuration = z.object({
  provider: z.object({ environment: z.record(z.string(), z.string()) }),
  functions: z.record(z.string(), FunctionEntry),
});

/** What the functions are and what they are told. Variables of the framework stand as they are, but for the stage. */
export type Configuration = z.infer<typeof Configuration>;

const STAGE = `\${sls:stage}`;

/** What serverless.yml says, and what the declaration adds to it. */
export function readConfiguration(saga: Saga, stage: string): Configuration {
  const { provider, functions } = Configuration.parse(
    parse(readFileSync(join(projectDir, 'serverless.yml'), 'utf8')),
  );
  const derived = Object.fromEntries(participantFunctions(saga));
  const ofSaga = ownSettings();
  const own = Object.entries({ ...provider.environment, ...ofSaga?.provider.environment }).map(
    ([name, value]) => [name, value.replaceAll(STAGE, stage)],
  );
  return Configuration.parse({
    provider: { environment: { ...sagaVariables(saga, stage), ...Object.fromEntries(own) } },
    functions: { ...(ofSaga?.functions ?? functions), ...structuredClone(derived) },
  });
}
