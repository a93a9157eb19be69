import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { application } from '../../application.ts';
import { region } from '../environment.ts';
import { PRIVATE_FILE } from '../private-files.ts';
import { projectDir } from '../project.ts';

export type Invoke = (functionName: string, payload: unknown) => Promise<unknown>;

const TIMEOUT_MS = 60_000;

/** `sls invoke`, at the Lambda endpoint in the environment. @throws Error if the function failed */
export const slsInvoke =
  (stage: string, environment: NodeJS.ProcessEnv): Invoke =>
  async (functionName, payload) => {
    const folder = mkdtempSync(join(tmpdir(), 'order-saga-invoke-'));
    try {
      const file = join(folder, 'payload.json');
      writeFileSync(file, JSON.stringify(payload), { mode: PRIVATE_FILE });
      const args = ['invoke', '--stage', stage, '--function', functionName, '--path', file];
      return answerIn(await sls(args, environment));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

/**
 * The same through Lambda's API, from this process. Without an environment, in AWS and with the credentials of whoever runs
 * this. A function that runs for minutes is not invoked again meanwhile. @throws Error if the function failed
 */
export const apiInvoke = (stage: string, environment: NodeJS.ProcessEnv | undefined): Invoke => {
  const endpoint = environment?.AWS_ENDPOINT_URL_LAMBDA ?? '';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client =
    environment === undefined
      ? new LambdaClient({ region: process.env.AWS_REGION ?? region, maxAttempts: 1 })
      : new LambdaClient({ endpoint, region, credentials });
  return async (functionName, payload) => {
    const FunctionName = `${application.name}-${stage}-${functionName}`;
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) });
    const { FunctionError, Payload = [] } = await client.send(command);
    const text = Buffer.from(Payload).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
    return answerIn(text);
  };
};

function sls(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const program = join(projectDir, 'node_modules/serverless/bin/serverless.js');
  return new Promise((resolve, reject) => {
    const options = { cwd: projectDir, env, timeout: TIMEOUT_MS, maxBuffer: 16_000_000 };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`sls ${args.slice(0, 5).join(' ')} failed: ${stdout.trim()} ${stderr.trim()}`));
    });
  });
}

/** Parses the body of an HTTP reply, so a scenario can check its members. */
function answerIn(text: string): unknown {
  const answer: unknown = text.trim() === '' ? undefined : JSON.parse(text);
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) return answer;
  const { statusCode: status, body } = answer as { readonly statusCode: number; readonly body?: unknown };
  return { status, body: typeof body === 'string' && body !== '' ? JSON.parse(body) : body };
}
