import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../local/project.ts';
import { openapiOf } from './openapi.ts';
import { routesOf } from './routes.ts';
import { named, operations, tags } from './shop-operations.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')));

const description = [
  'Place orders, follow them to their end, and look after stock, payments and dead letters.',
  'Money is in integer minor units. Errors, the gateway’s own too, are problem details (RFC 9457).',
  'What an answer has besides what stands here may change: read past members that you do not know.',
].join(' ');

/** The documents that describe the shop, by the name of their file in api/. */
export async function documents(): Promise<Readonly<Record<string, object>>> {
  const described = { title: 'OrderSaga', version, description, named, tags };
  return { 'openapi.json': openapiOf(shop, await routesOf(shop), operations, described) };
}

export const textOf = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;
