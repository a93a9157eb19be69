import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Environment = Readonly<Record<string, string | number | undefined>>;
type Handler = (event: unknown, context: object) => Promise<unknown>;

/** The options that serverless-offline passes to its runners. */
interface FunctionOptions {
  readonly codeDir: string;
  readonly functionKey: string;
  /** `functions/order/place.handler` */
  readonly handler: string;
  readonly timeout: number;
}

const extensions = ['.ts', '.mjs', '.js', '.cjs'];

/** Variables that differ between functions. They are left out of the shared environment; no code reads them there. */
const identity = /^(?:_HANDLER$|AWS_LAMBDA_)/;
const shared = new Map<string, string>();

/**
 * serverless-offline's runner for one function, loaded at its first invocation. As in Lambda, the function outlives its
 * invocations. Unlike in Lambda, one module serves concurrent invocations, and one that times out keeps running.
 */
export default class InProcessRunner {
  readonly #options: FunctionOptions;
  readonly #environment: Environment;
  #handler: Promise<Handler> | undefined;

  constructor(options: FunctionOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
  }

  async run(event: unknown, context: object): Promise<unknown> {
    this.#handler ??= load(this.#options, this.#environment);
    const handler = await this.#handler;
    const { timeout } = this.#options;
    const endsAtMs = performance.now() + timeout;
    const getRemainingTimeInMillis = () => Math.max(0, Math.floor(endsAtMs - performance.now()));
    const late = Promise.withResolvers<never>();
    // serverless-offline turns the number in brackets into the status.
    const timer = setTimeout(() => late.reject(new Error('[504] - Lambda timeout.')), timeout);
    try {
      return await Promise.race([handler(event, { ...context, getRemainingTimeInMillis }), late.promise]);
    } catch (error) {
      if (!isAuthorization(event) || isRefusal(error)) throw error;
      console.error(`${this.#options.functionKey}:`, error);
      return noAuthorization;
    } finally {
      clearTimeout(timer);
    }
  }

  cleanup(): void {}
}

const isAuthorization = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'type' in event && event.type === 'TOKEN';

const isRefusal = (error: unknown): boolean => error instanceof Error && error.message === 'Unauthorized';

/**
 * An authorizer that fails has not said that the token is wrong, but serverless-offline would answer 401. So it gets what it takes
 * for a defect of the authorizer: a context that is none. `gateway-server.ts` then answers as API Gateway does.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
const noAuthorization = {
  principalId: 'nobody',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }],
  },
  context: 'the authorizer failed',
};

async function load(
  { codeDir, functionKey, handler }: FunctionOptions,
  environment: Environment,
): Promise<Handler> {
  shareEnvironment(functionKey, environment);
  const [, module = '', name = ''] = /^(.*)\.(\w+)$/.exec(handler) ?? [];
  const path = extensions.map((extension) => join(codeDir, module + extension)).find(existsSync);
  if (path === undefined) throw new Error(`${functionKey}: there is no module for ${handler}`);
  const loaded: unknown = (await import(pathToFileURL(path).href))[name];
  if (typeof loaded !== 'function') throw new Error(`${functionKey}: ${handler} is not a function`);
  return loaded as Handler;
}

/** Functions in one process share one environment. @throws Error if two of them want different values of a variable */
function shareEnvironment(functionKey: string, environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (identity.test(name) || value === undefined) continue;
    const text = String(value);
    if ((shared.get(name) ?? text) !== text) {
      throw new Error(`${functionKey} wants another ${name} than the functions loaded before it`);
    }
    shared.set(name, text);
    process.env[name] = text;
  }
}
