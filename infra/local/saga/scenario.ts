import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { application } from '../../application.ts';
import { SetupError } from '../processes/setup-error.ts';
import { isShop, projectDir, sagaFolder } from '../project.ts';

/** A message for a queue's function: an event of the saga, or any text instead. */
const Message = z.union([
  z.strictObject({
    type: z.enum(application.eventTypes as [string, ...string[]]),
    order: z.string(),
    data: z.record(z.string(), z.unknown()).default({}),
    /** How many times it was tried before. */
    attempts: z.int().min(0).default(0),
  }),
  z.strictObject({ text: z.string(), id: z.string().default('poison') }),
]);

const Call = z.strictObject({
  step: z.string(),
  /** The function's name in serverless.yml. */
  invoke: z.string(),
  /** The caller, as from the authorizer: `operator` or a customer's name. */
  as: z.string().optional(),
  method: z.enum(['GET', 'POST', 'PUT']).default('GET'),
  /** Without one: of the saga whose id was kept. */
  path: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  messages: z.array(Message).optional(),
  /** Any other event, as it is. */
  payload: z.unknown().optional(),
  /** Members that the answer must have; for requests `status` and `body`. */
  expect: z.unknown().optional(),
  /** Names for parts of the answer. Later steps use them as `$name`. Example: `orderId: body.orderId`. */
  keep: z.record(z.string(), z.string()).default({}),
  /** Repeats the call for so many seconds until the answer is as expected, through Lambda's API. */
  until: z.number().positive().optional(),
});

/** Sets the payment provider's behaviour until the scenario ends. */
const Provider = z.strictObject({
  step: z.string(),
  provider: z.strictObject({
    latencyMs: z.int().min(0).optional(),
    outage: z.enum(['none', 'refuse', 'hang']).optional(),
    webhooksLostPercent: z.int().min(0).max(100).optional(),
  }),
});

/** What the customer answers at the page of the bank, which the payment sandbox stands in for. */
const Challenge = z.strictObject({
  step: z.string(),
  challenge: z.strictObject({ clientSecret: z.string(), outcome: z.enum(['approve', 'fail']) }),
  /** The HTTP status of the page that answers. */
  expect: z.int().default(200),
});

/** Kills the process that runs the functions and waits for its replacement. */
const Kill = z.strictObject({ step: z.string(), kill: z.literal('functions') });

/** Chooses the schema by a member of the step. A union would only report that no schema fits. */
const Step = z.record(z.string(), z.unknown()).transform((step, context) => {
  const [schema] = [
    ...('provider' in step ? [Provider] : []),
    ...('challenge' in step ? [Challenge] : []),
    ...('kill' in step ? [Kill] : []),
    Call,
  ];
  const parsed = schema.safeParse(step);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path });
  return z.NEVER;
});

const Scenario = z.strictObject({
  about: z.string(),
  steps: z.array(Step).min(1),
});

export type Message = z.infer<typeof Message>;
export type Call = z.infer<typeof Call>;
export type Challenge = z.infer<typeof Challenge>;
export type Step = z.infer<typeof Scenario>['steps'][number];
export type Scenario = z.infer<typeof Scenario> & { readonly name: string };

const folder = join(projectDir, isShop ? '.' : sagaFolder, 'scenarios');

export const scenarioNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => basename(file, '.yml'));

/** Reads a scenario by its name among the saga's, or by its path. @throws SetupError that names the flaw */
export function readScenario(nameOrPath: string): Scenario {
  const isPath = nameOrPath.endsWith('.yml');
  const file = isPath ? resolve(nameOrPath) : join(folder, `${nameOrPath}.yml`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new SetupError(`There is no scenario ${nameOrPath}. There are: ${scenarioNames().join(', ')}.`);
  }
  const parsed = Scenario.safeParse(parse(text));
  if (!parsed.success) throw new SetupError(`${file}: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, name: basename(file, '.yml') };
}
