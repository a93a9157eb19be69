import { Command, CommanderError } from 'commander';
import type { Invoke } from '../local/saga/invoke.ts';

/** What a command has done, as people read it, and whether that was all of it. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly isDone: boolean;
}

/** One command of `npm run op`: what it is called and takes, and what it does. */
export interface Operation {
  /** Its name and arguments, such as `erase <customer>`. */
  readonly usage: string;
  readonly about: string;
  /** Flags with what they mean. Those that are required say so. */
  readonly options: readonly {
    readonly flags: string;
    readonly about: string;
    readonly isRequired?: true;
  }[];
  readonly run: (given: Given, invoke: Invoke) => Promise<Outcome>;
}

export interface Given {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where the functions are: of a stage in AWS, or else of the system that runs from this checkout. */
export type Connect = (stage: string | undefined) => Invoke;

export interface Console {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The command was not understood, or cannot run here. */
const MISUSED = 2;

/** Runs what the arguments say. @returns the exit code: 0 done, 1 not done or not all of it, 2 not understood */
export async function runOperation(
  operations: readonly Operation[],
  args: readonly string[],
  connect: Connect,
  { say, complain }: Console,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('op')
    .usage('[--stage STAGE] COMMAND')
    .description('What operators do that no HTTP call offers.')
    .option(
      '--stage <stage>',
      'in AWS, with your own credentials; else the system that runs from this checkout',
    );
  const told = {
    writeOut: (text: string) => say(text.trimEnd()),
    writeErr: (text: string) => complain(oneLine(text)),
  };
  program.exitOverride().configureOutput(told);
  for (const { usage, about, options, run } of operations) {
    const command = program.command(usage).description(about).exitOverride().configureOutput(told);
    for (const option of options) {
      if (option.isRequired) command.requiredOption(option.flags, option.about);
      else command.option(option.flags, option.about);
    }
    command.action(async () => {
      const { stage, ...given } = command.optsWithGlobals<{ readonly stage?: string }>();
      const outcome = await run({ args: command.args, options: given }, connect(stage));
      for (const line of outcome.lines) say(line);
      exitCode = outcome.isDone ? 0 : 1;
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : MISUSED;
  }
  return exitCode;
}

const oneLine = (text: string): string => text.replace(/^error: /, '').trim();
