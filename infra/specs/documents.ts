import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../local/project.ts';
import { asyncapiOf } from './asyncapi.ts';
import { openapiOf } from './openapi.ts';
import { routesOf } from './routes.ts';
import { shopOperations } from './shop-operations.ts';
import { typesOf } from './types.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')));

/** What describes the shop: the texts of the files in api/, by their names. */
export async function documents(): Promise<Readonly<Record<string, string>>> {
  const routes = await routesOf(shop);
  const { operations, ...described } = shopOperations(routes);
  const openapi = openapiOf(shop, routes, operations, described, version);
  return {
    'openapi.json': textOf(openapi),
    'asyncapi.json': textOf(asyncapiOf(shop, described.title, version)),
    'calls.ts': typesOf(openapi),
  };
}

const textOf = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;
