import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Saga } from '../../../engine/saga/saga.ts';
import { additionsTo } from '../../functions/additions.ts';
import { ownSettings } from '../../functions/own-settings.ts';
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
  plugins: z.array(z.string()).default([]),
  provider: z.object({ environment: z.record(z.string(), z.string()).default({}) }),
  functions: z.record(z.string(), FunctionEntry).default({}),
});

/** What the functions are and what they are told. Variables of the framework stand as they are, but for the stage. */
export type Configuration = z.infer<typeof Configuration>;

/** As serverless.yml names them. The first adds what the declaration says, the second gives a queue its shards. */
export const PARTICIPANTS_PLUGIN = './infra/functions/plugin.ts';
export const SHARDS_PLUGIN = './infra/broker/plugin.ts';

const STAGE = `\${sls:stage}`;

const projectYml = (): string => readFileSync(join(projectDir, 'serverless.yml'), 'utf8');

/**
 * What the Serverless Framework makes of serverless.yml: what it says, and what the plugin adds if it is named there.
 * @throws SetupError if the plugin refuses it
 */
export function readConfiguration(saga: Saga, stage: string, yml = projectYml()): Configuration {
  const { plugins, ...project } = Configuration.parse(parse(yml));
  const own = ownSettings();
  const provider = { environment: { ...project.provider.environment, ...own?.provider.environment } };
  const functions = own?.functions ?? project.functions;
  const added = plugins.includes(PARTICIPANTS_PLUGIN)
    ? additionsTo({ provider, functions }, saga)
    : { functions: [], variables: [] };
  const environment = [...added.variables, ...Object.entries(provider.environment)].map(
    ([name, value]) => [name, value.replaceAll(STAGE, stage)] as const,
  );
  return Configuration.parse({
    plugins,
    provider: { environment: Object.fromEntries(environment) },
    functions: { ...functions, ...structuredClone(Object.fromEntries(added.functions)) },
  });
}
