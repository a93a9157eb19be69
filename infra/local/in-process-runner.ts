import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Environment = Readonly<Record<string, string | number | undefined>>;
type Handler = (event: unknown, context: object) => Promise<unknown>;

/** What serverless-offline tells its runners of a function. */
interface FunctionOptions {
  readonly codeDir: string;
  readonly functionKey: string;
  /** `functions/order/place.handler` */
  readonly handler: string;
  readonly timeout: number;
}

const extensions = ['.ts', '.mjs', '.js', '.cjs'];

/** Each function's own; nobody reads them from the environment, where they could only be the last one's. */
const identity = /^(?:_HANDLER$|AWS_LAMBDA_)/;
const shared = new Map<string, string>();

/**
 * serverless-offline's runner for one function, loaded at its first invocation. As in Lambda the function outlives
 * its invocations; unlike there, one module serves concurrent ones, and what runs into its timeout goes on unheard.
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
    // serverless-offline makes the number in brackets the status.
    const timer = setTimeout(() => late.reject(new Error('[504] - Lambda timeout.')), timeout);
    try {
      return await Promise.race([handler(event, { ...context, getRemainingTimeInMillis }), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  cleanup(): void {}
}

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

/** Functions in one process have one environment. @throws Error if two of them want another value of a variable */
function shareEnvironment(functionKey: string, environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (identity.test(name) || value === undefined) continue;
    const text = String(value);
    if ((shared.get(name) ?? text) !== text) {
      throw new Error(`${functionKey} wants another ${name} than the functions that are loaded already`);
    }
    shared.set(name, text);
    process.env[name] = text;
  }
}
