import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { isShop, projectDir, sagaFolder } from '../local/project.ts';

const Settings = z.object({
  provider: z.object({ environment: z.record(z.string(), z.string()).default({}) }).prefault({}),
  functions: z.record(z.string(), z.unknown()).default({}),
});
type Settings = z.infer<typeof Settings>;

/** What a saga's own serverless.yml says in the place of the project's; undefined for the shop, whose own that is. */
export const ownSettings = (): Settings | undefined =>
  isShop
    ? undefined
    : Settings.parse(parse(readFileSync(join(projectDir, sagaFolder, 'serverless.yml'), 'utf8')));
