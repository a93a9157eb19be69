import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectDir } from '../../../infra/local/project.ts';
import type { StopRequest } from '../../../infra/local/stop-request.ts';
import { runToEnd } from '../gate/supervised-command.ts';

/** AWS's runtime interface client, which runs functions in Lambda. https://github.com/aws/aws-lambda-nodejs-runtime-interface-client */
const PACKAGE = 'aws-lambda-ric';
const VERSION = '4.0.2';

const folder = join(projectDir, '.local/runtime-client', VERSION);

/** The program that Lambda starts an environment with. */
export const clientProgram = join(folder, 'node_modules', PACKAGE, 'index.mjs');

/**
 * Installs the client where it is missing: npm compiles it, which takes some minutes. It is no package of the project, so that
 * who does not run these tests compiles nothing.
 *
 * @returns why it cannot be had
 */
export async function installClient(requests: StopRequest): Promise<string | undefined> {
  if (existsSync(clientProgram)) return undefined;
  if (process.platform !== 'linux') return `${PACKAGE} runs on Linux only`;
  console.log(`▶ ${PACKAGE} ${VERSION}, into ${folder} (once, some minutes)`);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'package.json'), '{"private": true}\n');
  const { exitCode, output } = await runToEnd(
    [
      ...['npm', 'install', '--prefix', part, '--save-exact', '--ignore-scripts=false'],
      ...['--no-audit', '--no-fund', '--loglevel=error', `${PACKAGE}@${VERSION}`],
    ],
    {
      environment: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
      isQuiet: true,
      ...requests,
    },
  );
  if (exitCode !== 0) {
    rmSync(part, { recursive: true, force: true });
    return `${PACKAGE} cannot be installed: ${reasonIn(output)}`;
  }
  renameSync(part, folder);
  return undefined;
}

/** The line that says what is wrong: npm's own come after it, and name a log. */
export function reasonIn(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '');
  const reason = lines.findLast((line) => /error[: ]|not found|not installed/i.test(line)) ?? lines.at(-1);
  return reason?.replace(/^Error: |\.$/g, '') ?? 'npm says nothing';
}
