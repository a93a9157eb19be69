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

/** The serverless.yml of another saga, which replaces the project's functions. Undefined for the shop. */
export const ownSettings = (): Settings | undefined =>
  isShop
    ? undefined
    : Settings.parse(parse(readFileSync(join(projectDir, sagaFolder, 'serverless.yml'), 'utf8')));
