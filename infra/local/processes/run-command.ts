import { spawn } from 'node:child_process';

export type CommandResult = {
  /** The exit code; 127 if the program does not exist, 124 if it ran into the time limit. */
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams in order of arrival, to show the last lines after a failure. */
  readonly output: string;
};

export type CommandOptions = {
  readonly timeoutMs: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
};

/** Runs a program to its end. Never throws: a program that can't be started gives exit code 127. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.environment ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let stdout = '';
    let output = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ exitCode: 127, stdout, output: `${output}${error.message}` });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ exitCode: timedOut ? 124 : (code ?? 1), stdout, output });
    });
  });
}

export function lastLines(output: string, count: number): string {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
