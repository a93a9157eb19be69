import { AsyncLocalStorage } from 'node:async_hooks';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** What lines are about: ids of an invocation, a saga, a trace. Those that are undefined are left out. */
type About = Readonly<Record<string, string | undefined>>;

interface Entry {
  readonly timestamp: string;
  readonly level: Level;
  readonly message: string;
}

/** `kept`: the last lines at debug of an invocation, oldest first. */
interface Scope {
  readonly about: Record<string, string | undefined>;
  readonly kept: Entry[];
}

/** So many lines at debug are kept of an invocation, for the case that something fails. */
const MAX_KEPT = 50;

const isDebugging = process.env.LOG_LEVEL === 'debug';
const scopes = new AsyncLocalStorage<Scope>();

/** Does the work. All lines that it logs, however deep, are about this, and about what lines were before. */
export const logAbout = <Result>(about: About, work: () => Result): Result => {
  const outer = scopes.getStore();
  return scopes.run({ about: { ...outer?.about, ...about }, kept: outer?.kept ?? [] }, work);
};

/** From now on the lines of the nearest `logAbout` are about this, too. */
export const logAlsoAbout = (about: About): void => {
  const scope = scopes.getStore();
  if (scope !== undefined) Object.assign(scope.about, about);
};

/** The part of Lambda's context that is used. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Invoked {
  readonly awsRequestId?: string;
}

/** The function of an event and Lambda's context. All lines of an invocation have its request id. */
export const loggingInvocations =
  <Args extends readonly unknown[], Result>(handle: (...args: Args) => Result) =>
  (...args: Args): Result => {
    const invocation = args[1] as Invoked | undefined;
    return logAbout({ requestId: invocation?.awsRequestId }, () => handle(...args));
  };

/**
 * One JSON line per entry. `debug` is written at once only when LOG_LEVEL is `debug`; otherwise the last of such lines are
 * kept, and written before the first warning or error of their invocation. Written to stdout and not by `console`: Lambda puts
 * the time, the request id and the level before a console line, so nothing could read it as JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function log(level: Level, message: string, details: Readonly<Record<string, unknown>> = {}): void {
  const scope = scopes.getStore();
  const isKept = level === 'debug' && !isDebugging;
  if (isKept && scope === undefined) return;
  const entry = { timestamp: new Date().toISOString(), level, message, ...scope?.about, ...details };
  if (isKept) {
    scope?.kept.push(entry);
    if (scope !== undefined && scope.kept.length > MAX_KEPT) scope.kept.shift();
    return;
  }
  if (level === 'warn' || level === 'error') for (const line of scope?.kept.splice(0) ?? []) write(line);
  write(entry);
}

const write = (entry: Entry): void => void process.stdout.write(`${JSON.stringify(entry)}\n`);
