import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tableVariableOf } from '../../engine/environment/environment.ts';
import { shop } from '../../functions/shop.ts';
import { serviceOf } from '../../infra/aws/needs.ts';
import { secretVariableOf } from '../../infra/functions/variables.ts';
import { projectDir } from '../../infra/local/project.ts';
import { mapsOf } from '../../infra/packaging/bundle.ts';
import { withSourcePositions } from '../../infra/packaging/source-positions.ts';
import { type Bundled, bundled } from '../support/aws/bundled.ts';
import { functions, shortName } from '../support/aws/production.ts';

/**
 * Goal: a function that was deployed without something it needs fails when Lambda starts it, not at a customer's call.
 * Method: every bundle is loaded with the environment of the packaged template, and with one variable less.
 */
let all: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  all = await bundled();
}, 60_000);
afterAll(() => all?.discard());

/** It tells CloudFormation what is missing, which would wait for an hour for one that did not start. */
const ANSWERS_FOR_ITSELF = 'topology';

const WEBHOOK = 'stripe-webhook';

/** Those of a function that have no default. */
function variablesOf({ name, handler, needs }: Bundled): readonly string[] {
  if (name === ANSWERS_FOR_ITSELF) return [];
  const { table, audits, inspects, broker, secrets = [] } = needs;
  const own = table === undefined ? undefined : serviceOf(shop, handler, needs);
  const read = inspects === undefined ? (audits ?? []) : shop.services;
  return [
    ...[...new Set([...(own === undefined ? [] : [own]), ...read])].map(tableVariableOf),
    ...(broker === undefined ? [] : ['RABBITMQ_URL', 'BROKER_SECRET']),
    // The participant may read what its webhook's function needs.
    ...secrets.filter((each) => each !== WEBHOOK || name === WEBHOOK).map(secretVariableOf),
    ...(inspects !== undefined || name.startsWith('nudge-') ? ['SAGA_DEADLINE_SECONDS'] : []),
    ...(name === 'authorizer' ? ['JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE'] : []),
  ];
}

/** As in the template; what CloudFormation fills in is some text. */
function environmentOf(name: string): Readonly<Record<string, string>> {
  const [, properties] = functions().find(([, each]) => shortName(each) === name) ?? [];
  const variables = Object.entries<unknown>(properties?.Environment.Variables ?? {});
  return {
    ...Object.fromEntries(
      variables.map(([variable, value]) => [
        variable,
        typeof value === 'string' ? value : 'amqps://imported.test',
      ]),
    ),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_REGION: 'eu-central-1',
  };
}

type Start = { readonly file: string; readonly environment: Readonly<Record<string, string>> };

/** Loads a bundle for each start, all in one process, and says of each with what error it ended, if with one. */
function errorsOf(starts: readonly Start[]): readonly (string | null)[] {
  const code = `
    const starts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
    console.log(JSON.stringify(starts.map(({ file, environment }) => {
      process.env = environment;
      delete require.cache[file];
      try { require(file); return null; } catch (error) { return error.stack; }
    })));`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', code], { input: JSON.stringify(starts), encoding: 'utf8' }),
  );
}

test('every function starts with the environment that it is deployed with', () => {
  const starts = all.functions.map(({ name, file }) => ({ file, environment: environmentOf(name) }));
  const ends = errorsOf(starts).map((error, index) => [all.functions[index]?.name, error]);
  expect(ends.filter(([, error]) => error !== null)).toEqual([]);
}, 240_000);

test('without any variable that it needs, none starts, and each says which', () => {
  const cases = all.functions.flatMap((each) => variablesOf(each).map((variable) => ({ ...each, variable })));
  expect(cases.length).toBeGreaterThan(60);
  const errors = errorsOf(
    cases.map(({ name, file, variable }) => ({
      file,
      environment: { ...environmentOf(name), [variable]: '' },
    })),
  );
  const late = cases.filter(
    ({ variable }, index) => !new RegExp(`variable ${variable}(_KEY)? is not set`).test(errors[index] ?? ''),
  );
  expect(late.map(({ name, variable }) => `${name}: ${variable}`)).toEqual([]);
}, 240_000);

test('a stack trace of a bundle leads to the source', async () => {
  const authorizer = all.functions.find(({ name }) => name === 'authorizer');
  const [stack] = errorsOf([
    { file: authorizer?.file ?? '', environment: { AWS_LAMBDA_FUNCTION_NAME: 'authorizer' } },
  ]);
  const folders = { projectDir, outputDir: all.folder };
  const maps = await mapsOf({ ...folders, handlers: [authorizer?.handler ?? ''] });
  const trace = withSourcePositions((stack ?? '').replaceAll(all.folder, '/var/task'), maps, folders);
  expect(stack).not.toContain('engine/');
  expect(trace).toMatch(/at required \(engine\/environment\/environment\.ts:\d+:\d+\)/);
  expect(trace).toMatch(/\(engine\/http\/authorizer\.ts:\d+:\d+\)/);
  expect(trace).toMatch(/functions\/identity\/authorizer\.ts:5:\d+/);
  // What is no bundle's stays as it is.
  expect(withSourcePositions('at other.cjs:1:2', maps, folders)).toBe('at other.cjs:1:2');
});
