import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../../infra/local/ports.ts';
import { projectDir } from '../../../infra/local/project.ts';
import { portVariables, runningProcesses } from '../local-system/start-command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

const endsWithinMs = 30_000;

/**
 * What a newcomer has: a clone of this project, with what is not committed yet, and the Node and npm of the machine. Its
 * packages are this project's own, by hard links, unless the test is about installing them.
 */
export class FreshClone {
  readonly folder: string;
  readonly dataDir: string;
  readonly #parent: string;
  readonly #running = new Set<Running>();

  constructor({ name = 'order-saga', hasPackages = true } = {}) {
    this.#parent = mkdtempSync(join(tmpdir(), 'order-saga-clone-'));
    this.folder = join(this.#parent, name);
    this.dataDir = join(this.folder, '.local');
    execFileSync('git', ['clone', '--quiet', projectDir, this.folder], { stdio: 'pipe' });
    for (const path of uncommitted()) this.#take(path);
    if (hasPackages) this.linkPackages();
  }

  /** As if npm ci had run. */
  linkPackages(): void {
    const [from, to] = [join(projectDir, 'node_modules'), join(this.folder, 'node_modules')];
    try {
      execFileSync('cp', ['-al', from, to], { stdio: 'pipe' });
    } catch {
      // Another disk, or a cp that knows no links.
      rmSync(to, { recursive: true, force: true });
      execFileSync('cp', ['-R', from, to], { stdio: 'pipe' });
    }
    // What is written in place there would be written here, too.
    rmSync(join(to, '.cache'), { recursive: true, force: true });
  }

  /** A PATH whose npm says what it was told to do, and fails. */
  pathWithRecordingNpm(): string {
    const folder = join(this.#parent, 'recording-npm');
    mkdirSync(folder);
    writeFileSync(join(folder, 'npm'), '#!/bin/sh\necho "npm $*" >&2\nexit 7\n', { mode: 0o755 });
    return [folder, machine().PATH].join(delimiter);
  }

  /** Runs a program of this machine in the clone, in a process group of its own. */
  run(program: string, args: readonly string[], environment: Environment = {}): Running {
    const running = new Running(program, args, this.folder, { ...machine(), ...environment });
    this.#running.add(running);
    return running;
  }

  /** Ends whatever a failed test has left, and removes the clone. Fails if a command left a process behind itself. */
  async end(): Promise<void> {
    for (const running of this.#running) await running.interrupt();
    const left = [...runningProcesses(this.dataDir)];
    for (const [, pid] of left) process.kill(pid, 'SIGKILL');
    rmSync(this.#parent, { recursive: true, force: true, maxRetries: 5 });
    if (left.length > 0) throw new Error(`left behind: ${left.map(([name]) => name).join(', ')}`);
  }

  #take(path: string): void {
    const [from, to] = [join(projectDir, path), join(this.folder, path)];
    rmSync(to, { force: true });
    if (!existsSync(from)) return;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

/** A command that runs, and what it has printed so far. */
export class Running {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (exitCode) =>
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves with what was printed so far, when the text is part of it. @throws Error with it if the text never comes */
  async printed(text: string, timeoutMs: number): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#stdout.includes(text)) {
      if (this.isOver || performance.now() > deadline) {
        throw new Error(`"${text}" was not printed:\n${this.#stdout}\n${this.#stderr}`);
      }
      await delay(50);
    }
    return this.#stdout;
  }

  /** Ctrl-C, which a terminal sends to all of the group. */
  async interrupt(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || this.isOver) return;
    process.kill(-pid, 'SIGINT');
    const patience = setTimeout(() => process.kill(-pid, 'SIGKILL'), endsWithinMs);
    await this.ended;
    clearTimeout(patience);
  }
}

/** What a clone of this project would lack, or have otherwise. */
function uncommitted(): readonly string[] {
  const listings = [
    ['diff', '--name-only', '-z', 'HEAD'],
    ['ls-files', '-z', '--others', '--exclude-standard'],
  ];
  const listed = listings.map((args) => execFileSync('git', args, { cwd: projectDir, encoding: 'utf8' }));
  return listed.join('').split('\0').filter(Boolean);
}

/** Ports for a system in a clone, as variables of its shell. */
export const ownPorts = async (): Promise<Environment> => portVariables(await freePorts());

/** The environment without what npm and vitest have put there, and without the Node that runs this test. */
export function machine(): NodeJS.ProcessEnv {
  const isOfTests = (name: string) => /^(npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|TEST$)/.test(name);
  const kept = Object.entries(process.env).filter(([name]) => !isOfTests(name));
  const folders = (process.env.PATH ?? '').split(delimiter);
  const PATH = folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
  return { ...Object.fromEntries(kept), PATH };
}
