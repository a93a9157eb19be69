import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../local/project.ts';
import { asyncapiOf } from './asyncapi.ts';
import { openapiOf } from './openapi.ts';
import { routesOf } from './routes.ts';
import { shopOperations } from './shop-operations.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')));

/** The documents that describe the shop, by the name of their file in api/. */
export async function documents(): Promise<Readonly<Record<string, object>>> {
  const routes = await routesOf(shop);
  const { operations, ...described } = shopOperations(routes);
  return {
    'openapi.json': openapiOf(shop, routes, operations, described, version),
    'asyncapi.json': asyncapiOf(shop, described.title, version),
  };
}

export const textOf = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;
