import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { projectDir } from '../../../infra/local/project.ts';

const run = promisify(execFile);

export const templateSchema = z.looseObject({
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

export type Template = z.infer<typeof templateSchema>;

/** The output of `sls package`: archives by function, the template, and the time it took. */
export type Packaged = {
  readonly folder: string;
  readonly seconds: number;
  readonly template: Template;
  discard(): void;
};

/** Runs `sls package` as a deployment would, without an account and without this shell's settings. */
export async function packageFor(
  stage: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Packaged> {
  const folder = mkdtempSync(join(tmpdir(), 'order-saga-package-'));
  const begin = performance.now();
  const sls = join(projectDir, 'node_modules/serverless/bin/serverless.js');
  await run(process.execPath, [sls, 'package', '--stage', stage, '--package', folder], {
    cwd: projectDir,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings },
  });
  const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  return {
    folder,
    seconds: (performance.now() - begin) / 1000,
    template: templateSchema.parse(JSON.parse(text)),
    discard: () => rmSync(folder, { recursive: true, force: true }),
  };
}
