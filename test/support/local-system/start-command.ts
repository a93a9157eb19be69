import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ports } from '../../../infra/local/ports.ts';
import { runningFrom } from '../../../infra/local/processes/identity-file.ts';
import { projectDir } from '../../../infra/local/project.ts';

export type CommandEnd = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** One of the project's commands as a person runs it: a separate process under bootstrap.mjs. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandEnd>;
  #stdout = '';
  #stderr = '';

  constructor(
    entry: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    folder = projectDir,
  ) {
    const bootstrap = join(folder, 'infra/local/bootstrap.mjs');
    this.child = spawn(process.execPath, [bootstrap, entry, ...args], {
      cwd: folder,
      env: { ...withoutNpm(process.env), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (exitCode, signal) =>
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  get printedSoFar(): string {
    return this.#stdout;
  }

  /** Waits until it has printed the text; fails with what it printed instead when it ends before. */
  async printed(text: string, timeoutMs = 60_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#stdout.includes(text)) {
      const isOver = this.child.exitCode !== null || this.child.signalCode !== null;
      if (isOver || performance.now() > deadline) {
        throw new Error(`"${text}" was not printed:\n${this.#stdout}\n${this.#stderr}`);
      }
      await delay(20);
    }
  }
}

/** The processes that belong to a data folder: the supervisor and every part. */
export function runningProcesses(dataDir: string): ReadonlyMap<string, number> {
  const runDir = join(dataDir, 'run');
  const files = existsSync(runDir) ? readdirSync(runDir) : [];
  const running = new Map<string, number>();
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const identity = runningFrom(join(runDir, file));
    if (identity !== undefined) running.set(file.replace('.json', ''), identity.pid);
  }
  return running;
}

export function portVariables(ports: Ports): Readonly<Record<string, string>> {
  return {
    API_PORT: String(ports.api),
    LAMBDA_PORT: String(ports.lambda),
    PAYMENTS_PORT: String(ports.payments),
    ISSUER_PORT: String(ports.issuer),
    DYNAMODB_PORT: String(ports.dynamodb),
    RABBITMQ_PORT: String(ports.rabbitmq),
    RABBITMQ_DIST_PORT: String(ports.rabbitmqDist),
    CONSOLE_PORT: String(ports.console),
  };
}

/** Removes npm's variables: npm started the tests, but not the command under test. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('npm_')));
}
