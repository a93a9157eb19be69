import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { Told } from '../../engine/http/check.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { projectDir } from '../local/project.ts';
import { readConfiguration } from '../local/wiring/configuration.ts';

/** A route of the API, and what its function checks. */
export interface Route {
  readonly method: string;
  /** As in `/things/{id}`. */
  readonly path: string;
  /** Its own name, of its function's. */
  readonly name: string;
  readonly hasToken: boolean;
  readonly tells: readonly Told[];
}

const Http = z.object({ method: z.string(), path: z.string(), authorizer: z.unknown().optional() });

/** Every route that serverless.yml and the declaration give the API, in their sequence. */
export async function routesOf(saga: Saga): Promise<readonly Route[]> {
  const { functions } = readConfiguration(saga, 'local');
  const all = Object.entries(functions).map(async ([name, { handler, events }]) => {
    const https = events.flatMap(({ http }) => (http === undefined ? [] : [Http.parse(http)]));
    if (https.length === 0) return [];
    const loaded = await load(handler);
    return https.map(({ method, path, authorizer }) => ({
      method: method.toUpperCase(),
      path: `/${path}`,
      name: nameOf(name, { method, path }, https),
      hasToken: authorizer !== undefined,
      tells: tellsOf(loaded, method.toUpperCase(), `/${path}`),
    }));
  });
  return (await Promise.all(all)).flat();
}

type Http = z.infer<typeof Http>;

/** The function's name; where it has several routes, with what is done there. */
function nameOf(name: string, { method, path }: Http, all: readonly Http[]): string {
  if (all.length === 1) return name;
  if (method !== 'get') return `${path.split('/').at(-1)}-${name}`;
  const isOnlyOne = all.filter((each) => each.method === 'get').length === 1;
  return `get-${isOnlyOne ? name : path.replaceAll(/\W+/g, '-')}`;
}

async function load(handler: string): Promise<unknown> {
  const [, module = '', name = ''] = /^(.*)\.(\w+)$/.exec(handler) ?? [];
  const loaded = (await import(pathToFileURL(join(projectDir, `${module}.ts`)).href)) as Record<
    string,
    unknown
  >;
  return loaded[name];
}

interface Telling {
  /** Of a function with several routes: the one that answers there. */
  readonly at?: (method: string, path: string) => Telling;
  readonly tells?: readonly Told[];
}

/** @throws Error if the function does not say what it checks: `endpoint` makes one that does */
function tellsOf(handler: unknown, method: string, path: string): readonly Told[] {
  const { at, tells } = handler as Telling;
  const told = at === undefined ? tells : at(method, path).tells;
  if (told === undefined) throw new Error(`the function at ${method} ${path} does not say what it checks`);
  return told;
}
