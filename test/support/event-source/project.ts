import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from '../saga/until.ts';

const projectFolder = fileURLToPath(new URL('../../fixtures/event-source-project', import.meta.url));
const serverless = fileURLToPath(
  new URL('../../../node_modules/serverless/bin/serverless.js', import.meta.url),
);

export type Surroundings = { readonly broker: string; readonly probe: string; readonly prefix: string };

export type Project = {
  readonly lambdaUrl: string;
  readonly log: () => string;
  /** Sends SIGINT, like Ctrl-C. */
  readonly interrupt: () => void;
  /** The exit code, or null if it had to be killed. */
  readonly exit: () => Promise<number | null>;
};

const startTimeoutMs = 30_000;
const exitTimeoutMs = 20_000;

/** Runs `sls COMMAND` in the fixture project. */
export function runServerless(
  words: readonly string[],
  { broker, probe, prefix }: Surroundings,
): ChildProcess {
  return spawn(process.execPath, [serverless, ...words], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      EVENT_SOURCE_TEST_BROKER: broker,
      EVENT_SOURCE_TEST_PROBE: probe,
      EVENT_SOURCE_TEST_PREFIX: prefix,
    },
  });
}

/** Starts serverless-offline with the event source, and waits for every mapping that can consume. */
export async function startProject(surroundings: Surroundings, mappings: number): Promise<Project> {
  const lambdaPort = await freePort();
  const child = runServerless(
    [
      'offline',
      'start',
      '--verbose',
      '--noSponsor',
      '--host',
      '127.0.0.1',
      '--lambdaPort',
      String(lambdaPort),
    ],
    surroundings,
  );
  const log = collectOutput(child);
  await until(
    `serverless-offline consumes from ${mappings} queues`,
    () => {
      if (child.exitCode !== null)
        throw new Error(`serverless-offline ended with ${child.exitCode}: ${log()}`);
      return log().split(': consuming').length - 1 >= mappings;
    },
    startTimeoutMs,
  ).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${log()}`);
  });
  return {
    lambdaUrl: `http://127.0.0.1:${lambdaPort}`,
    log,
    interrupt: () => void child.kill('SIGINT'),
    exit: () => exitOf(child),
  };
}

export async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const timer = setTimeout(() => child.kill('SIGKILL'), exitTimeoutMs);
  await once(child, 'exit');
  clearTimeout(timer);
  return child.exitCode;
}

export function collectOutput(child: ChildProcess): () => string {
  let output = '';
  const collect = (part: Buffer): void => {
    output += part.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return () => output;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
