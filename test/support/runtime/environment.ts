import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { clientProgram } from './client.ts';
import type { Deployed } from './deployed.ts';
import { type Answer, type FunctionError, RuntimeApi } from './runtime-api.ts';
import { type Usage, usageOf } from './usage.ts';

/** Lambda gives a start ten seconds. A machine that does other things as well may need more. */
const START_LIMIT_MS = 60_000;

type Variables = Readonly<Record<string, string>>;

/** One environment of a function: a process of AWS's runtime client. It runs one invocation at a time. */
export class LambdaEnvironment {
  readonly #api: RuntimeApi;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #deployed: Deployed;
  readonly startMs: number;
  #output = '';
  #isKilled = false;

  /** @throws Error that is the function's own, if it does not start */
  static async start(deployed: Deployed, variables: Variables): Promise<LambdaEnvironment> {
    const { name, handler, folder, memoryMb } = deployed;
    const api = new RuntimeApi(`arn:aws:lambda:eu-central-1:000000000000:function:${name}`);
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    const own = {
      ...{ PATH: process.env.PATH ?? '', LANG: 'en_US.UTF-8', TZ: ':UTC' },
      ...{ _HANDLER: handler, LAMBDA_TASK_ROOT: folder, AWS_LAMBDA_RUNTIME_API: await api.listen() },
      ...{ AWS_LAMBDA_FUNCTION_NAME: name, AWS_LAMBDA_FUNCTION_VERSION: '$LATEST' },
      ...{ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb), AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
      ...{ AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`, AWS_LAMBDA_LOG_STREAM_NAME: 'here' },
    };
    const begin = performance.now();
    const child = spawn(process.execPath, [clientProgram, handler], {
      cwd: folder,
      env: { ...variables, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    const started = await Promise.race([
      api.started,
      ended.then(() => ({ errorType: 'Runtime.ExitError', errorMessage: 'it ended as it started' })),
      within(START_LIMIT_MS),
    ]);
    const environment = new LambdaEnvironment({ api, child, ended, deployed }, performance.now() - begin);
    if (started === undefined) return environment;
    await environment.kill();
    const why = `${started.errorType}: ${started.errorMessage}`;
    throw new Error(`${name} does not start: ${why}\n${environment.output}`);
  }

  private constructor(
    parts: {
      readonly api: RuntimeApi;
      readonly child: ChildProcess;
      readonly ended: Promise<unknown>;
      readonly deployed: Deployed;
    },
    startMs: number,
  ) {
    this.#api = parts.api;
    this.#child = parts.child;
    this.#ended = parts.ended;
    this.#deployed = parts.deployed;
    this.startMs = startMs;
    for (const stream of [parts.child.stdout, parts.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
  }

  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get usage(): Usage {
    return usageOf(this.pid);
  }

  /** Like Lambda, ends the process of an invocation that has had its time. */
  async invoke(event: unknown, timeoutMs = this.#deployed.timeoutMs): Promise<Answer> {
    const timer = setTimeout(() => void this.kill(), timeoutMs);
    const timedOut = `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`;
    const end = this.#ended.then(() => ({
      error: this.#isKilled
        ? { errorType: 'Sandbox.Timedout', errorMessage: timedOut }
        : { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited' },
    }));
    try {
      return await Promise.race([this.#api.invoke(event, Date.now() + timeoutMs), end]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What Lambda does between invocations. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** @returns how long it took to end by itself */
  async shutDown(): Promise<number> {
    const begin = performance.now();
    this.#child.kill('SIGTERM');
    await this.#ended;
    this.#api.close();
    return performance.now() - begin;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
    if (!this.hasEnded) await this.#ended;
    this.#api.close();
  }
}

async function within(limitMs: number): Promise<FunctionError> {
  const { promise, resolve } = Promise.withResolvers<FunctionError>();
  const errorMessage = `not within ${limitMs} ms`;
  setTimeout(() => resolve({ errorType: 'Sandbox.Timedout', errorMessage }), limitMs).unref();
  return await promise;
}
