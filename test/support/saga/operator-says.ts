import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDir } from '../../../infra/local/project.ts';
import type { System } from '../../../infra/local/system.ts';

const run = promisify(execFile);

/** What `npm run op` prints, as a process of its own, with an operator's token. @throws Error with `code`, `stdout` and `stderr` */
export async function operatorSays(system: System, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    ORDER_SAGA_URL: system.urls.api,
    ORDER_SAGA_TOKEN: await system.signToken({ role: 'operator' }),
  };
  const { stdout } = await run(process.execPath, [join(projectDir, 'infra/op/op.ts'), ...args], { env });
  return stdout;
}
