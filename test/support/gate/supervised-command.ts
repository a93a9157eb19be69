import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectDir } from '../../../infra/local/project.ts';
import type { StopRequest } from '../../../infra/local/stop-request.ts';

const stopPatienceMs = 15_000;

export type CommandOptions = StopRequest & {
  readonly environment: NodeJS.ProcessEnv;
  /** Shows the output only if the command fails. */
  readonly isQuiet: boolean;
};

export type CommandEnd = {
  /** Its process group; some of its processes may be left. */
  readonly group: number | undefined;
  /** Null when a signal ended it or it could not be started. */
  readonly exitCode: number | null;
  readonly output: string;
};

/** Runs a command in its own process group: Ctrl-C in the terminal reaches only this process, which passes it on. */
export async function runToEnd(
  [program = '', ...args]: readonly string[],
  { environment, isQuiet, stop, kill }: CommandOptions,
): Promise<CommandEnd> {
  const outlet = isQuiet ? 'pipe' : 'inherit';
  const child = spawn(program, args, {
    cwd: projectDir,
    env: environment,
    detached: true,
    stdio: ['ignore', outlet, outlet],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const group = child.pid;
  if (group === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    return { group, exitCode: null, output: `${program} could not be started: ${error.message}\n` };
  }
  const onKill = () => signalGroup(group, 'SIGKILL');
  let patience: NodeJS.Timeout | undefined;
  const onStop = () => {
    signalGroup(group, 'SIGTERM');
    patience = setTimeout(onKill, stopPatienceMs);
  };
  stop.addEventListener('abort', onStop);
  kill.addEventListener('abort', onKill);
  // 'close' would wait for every process that inherited the pipes, and so for one that was left behind.
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  clearTimeout(patience);
  stop.removeEventListener('abort', onStop);
  kill.removeEventListener('abort', onKill);
  return { group, exitCode, output };
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The process has ended meanwhile.
  }
}
