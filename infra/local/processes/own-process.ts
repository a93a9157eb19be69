import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PRIVATE_FILE, privateFolder, privately } from '../private-files.ts';
import { endProcess } from './end-process.ts';
import { runningFrom, writeIdentity } from './identity-file.ts';
import type { Part, PartFailure } from './part.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { lastLines } from './run-command.ts';
import { SetupError } from './setup-error.ts';

const probeIntervalMs = 25;
const shownLogLines = 15;
const interruptedStartGraceMs = 2_000;

export type OwnProcessOptions = {
  readonly title: string;
  /** Names the log and the identity file. */
  readonly key: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly workingDir: string;
  readonly dataDir: string;
  /** Resolves with a description once the part answers; throws before that. */
  readonly probe: () => Promise<string>;
  readonly readyTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

/**
 * A child process in its own process group: Ctrl-C in the terminal reaches only the supervisor, which ends the parts in
 * the right order. Its identity is kept on disk: if the supervisor is killed, the next start ends the leftover process.
 */
export class OwnProcess implements Part {
  readonly title: string;
  readonly #options: OwnProcessOptions;
  readonly #identityFile: string;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #exited: Promise<void> = Promise.resolve();
  #phase: 'stopped' | 'starting' | 'running' | 'ending' = 'stopped';
  #howItEnded = '';

  constructor(options: OwnProcessOptions) {
    this.title = options.title;
    this.#options = options;
    this.#identityFile = identityFileOf(options.dataDir, options.key);
    this.#logFile = join(options.dataDir, 'logs', `${options.key}.log`);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<string> {
    if (this.#child !== undefined) throw new Error(`${this.title} already runs`);
    await endLeftover(this.#identityFile, this.#options.stopTimeoutMs);
    const child = this.#spawn();
    try {
      return await this.#untilReady(child);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async stop(): Promise<void> {
    // An Erlang node that is told to stop while it boots may wait for ever. It has no data to lose yet.
    const isStarting = this.#phase === 'starting';
    await this.#end(isStarting ? interruptedStartGraceMs : this.#options.stopTimeoutMs);
  }

  async kill(): Promise<void> {
    await this.#end(0);
  }

  async #end(graceMs: number): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#phase = 'ending';
    const exited = this.#exited;
    if (this.#identity !== undefined) await endProcess(this.#identity, 'SIGTERM', graceMs);
    // A zombie's other threads may still hold its sockets. They are closed only at its 'exit' event.
    await exited;
  }

  #spawn(): ChildProcess {
    const { program, args, environment, workingDir } = this.#options;
    privateFolder(dirname(this.#logFile));
    privateFolder(dirname(this.#identityFile));
    if (existsSync(this.#logFile)) renameSync(this.#logFile, `${this.#logFile}.previous`);
    // A file and not a pipe: if the supervisor is killed, the part's next write must not fail.
    const log = openSync(this.#logFile, 'a', PRIVATE_FILE);
    const child = privately(() =>
      spawn(program, args, {
        cwd: workingDir,
        detached: true,
        env: environment,
        stdio: ['ignore', log, log],
      }),
    );
    closeSync(log);
    this.#child = child;
    this.#phase = 'starting';
    this.#exited = new Promise((resolve) => {
      const ended = (how: string) => {
        this.#ended(child, how);
        resolve();
      };
      // A program that could not be started emits 'error' and no 'exit'.
      child.once('error', (error) => ended(error.message));
      child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    });
    if (child.pid !== undefined) {
      this.#identity = identify(child.pid);
      if (this.#identity !== undefined) writeIdentity(this.#identityFile, this.#identity);
    }
    return child;
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    const wasRunning = this.#phase === 'running';
    this.#howItEnded = how;
    this.#forget();
    // start() itself reports an end while the part is starting.
    if (wasRunning) this.#options.onUnexpectedEnd?.({ part: this, how, lastLines: this.#lastLogLines() });
  }

  #forget(): void {
    this.#child = undefined;
    this.#identity = undefined;
    this.#phase = 'stopped';
    rmSync(this.#identityFile, { force: true });
  }

  async #untilReady(child: ChildProcess): Promise<string> {
    const deadline = performance.now() + this.#options.readyTimeoutMs;
    for (;;) {
      if (this.#child !== child) throw this.#failure(`ended while it was starting (${this.#howItEnded})`);
      try {
        const description = await this.#options.probe();
        if (this.#child !== child) continue;
        if (this.#phase === 'starting') this.#phase = 'running';
        return description;
      } catch (error) {
        if (this.#child !== child) continue;
        if (performance.now() > deadline) {
          throw this.#failure(`did not answer in ${this.#options.readyTimeoutMs / 1000} s`, error);
        }
      }
      await delay(probeIntervalMs);
    }
  }

  #failure(what: string, cause?: unknown): Error {
    const message = `${this.title} ${what}. The end of ${this.#logFile}:\n${this.#lastLogLines()}`;
    return new SetupError(message, { cause });
  }

  #lastLogLines(): string {
    return existsSync(this.#logFile) ? lastLines(readFileSync(this.#logFile, 'utf8'), shownLogLines) : '';
  }
}

export function identityFileOf(dataDir: string, key: string): string {
  return join(dataDir, 'run', `${key}.json`);
}

/** Ends a process that an earlier, killed supervisor left behind. Says whether there was one. */
export async function endLeftover(identityFile: string, graceMs: number): Promise<boolean> {
  const leftover = runningFrom(identityFile);
  if (leftover !== undefined) await endProcess(leftover, 'SIGTERM', graceMs);
  rmSync(identityFile, { force: true });
  return leftover !== undefined;
}
