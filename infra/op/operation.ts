import { Command, CommanderError } from 'commander';
import type { Invoke } from '../local/saga/invoke.ts';
import { type Ask, Refusal } from './ask.ts';
import type { Watch } from './follow.ts';
import { cut, fitting, jsonLine, jsonLines, plain } from './text/terminal.ts';

/** What a command has done, and whether that was all of it. */
export interface Outcome {
  /** As people read it. */
  readonly lines: readonly string[];
  /** As programs read it: what the API or the function has answered. */
  readonly answer: unknown;
  readonly isDone: boolean;
  /** Why it could not go on, if it has done a part. */
  readonly failure?: Error | undefined;
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
  /** It goes on until it is interrupted, and says what it has to say meanwhile. */
  readonly isEndless?: true;
  /** @throws Misuse, or Refusal by the API */
  readonly run: (given: Given, system: Reach) => Promise<Outcome>;
}

export interface Given {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** How wide the terminal is. */
  readonly columns: number;
  readonly nowMs: number;
  /** For what is endless. */
  readonly watch: Watch;
}

/** A system, as a command reaches it: nothing is connected before it is called. */
export interface Reach {
  /** A call of the HTTP API. */
  readonly ask: Ask;
  /** A function, in Lambda's API. */
  readonly invoke: Invoke;
}

/** The system that a command is about: a stage in AWS, an API, or else the system that runs from this checkout. */
export interface Wish {
  readonly stage?: string;
  readonly url?: string;
}
export type Connect = (wish: Wish, interruption?: AbortSignal) => Reach;

export interface Console {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly columns: number;
  readonly now: () => number;
  /** From now on Ctrl-C is told by this signal, and does not end the process. */
  readonly interruption: () => AbortSignal;
  /** Ends early by the signal. */
  readonly pause: (ms: number, interruption: AbortSignal) => Promise<void>;
}

/** The command cannot be meant so. The message says why. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** The command was not understood, or cannot run here. */
const MISUSED = 2;

/**
 * Runs what the arguments say. @returns the exit code: 0 done, 1 refused or not all of it done, 2 not understood
 * @throws Error if the system cannot be reached, or a function failed
 */
export async function runOperation(
  operations: readonly Operation[],
  args: readonly string[],
  connect: Connect,
  console: Console,
): Promise<number> {
  const complain = (message: string) => console.complain(plain(message.trim()));
  const sayAll = (lines: readonly string[]) => {
    for (const line of lines) console.say(line);
  };
  let exitCode = 0;
  const program = new Command('op')
    .usage('[--stage STAGE | --url URL] [--json] COMMAND')
    .description(
      'What operators see and do: by the HTTP API, and by functions (erase, retain, reconcile) that no HTTP call offers.',
    )
    .option(
      '--stage <stage>',
      'for functions: in AWS, with your own credentials; else the system that runs from this checkout',
    )
    .option(
      '--url <url>',
      'for the API: that of a stage (or ORDER_SAGA_URL), with the token in ORDER_SAGA_TOKEN',
    )
    .option('--json', 'the answer as one JSON document; of tail each thing that happens, in a line');
  const output = {
    writeOut: (text: string) => sayAll(text.trimEnd().split('\n')),
    writeErr: (text: string) => complain(text.replace(/^error: /, '').replaceAll(/\s+/g, ' ')),
    getOutHelpWidth: () => console.columns,
  };
  program.exitOverride().configureOutput(output);
  for (const { usage, about, options, isEndless, run } of operations) {
    const command = program.command(usage).description(about).exitOverride().configureOutput(output);
    for (const option of options) {
      if (option.isRequired) command.requiredOption(option.flags, option.about);
      else command.option(option.flags, option.about);
    }
    command.action(async () => {
      const { stage, url, json, ...named } = command.optsWithGlobals<Wish & { readonly json?: true }>();
      const wish = { ...(stage === undefined ? {} : { stage }), ...(url === undefined ? {} : { url }) };
      const interruption = isEndless ? console.interruption() : NEVER;
      const given = {
        ...{ args: command.args, options: named, columns: console.columns, nowMs: console.now() },
        watch: watching(console, json === true, interruption),
      };
      const told = await outcomeOf(() => run(given, connect(wish, isEndless && interruption)));
      const lines = told.lines.flatMap((line) => fitting(line, console.columns));
      sayAll(json !== true ? lines : told.answer === undefined ? [] : jsonLines(told.answer));
      if (told.failure !== undefined) complain(told.failure.message);
      exitCode = told.isDone && told.failure === undefined ? 0 : 1;
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Misuse) complain(error.message);
    else if (!(error instanceof CommanderError)) throw error;
    return error instanceof CommanderError && error.exitCode === 0 ? 0 : MISUSED;
  }
  return exitCode;
}

const NEVER = new AbortController().signal;

/** One line each, whatever is to be said and however narrow the terminal is. */
const watching = (console: Console, isJson: boolean, interruption: AbortSignal): Watch => ({
  tell: (line, document) => console.say(isJson ? jsonLine(document) : cut(line, console.columns)),
  complain: (line) => console.complain(plain(line)),
  now: console.now,
  pause: (ms) => console.pause(ms, interruption),
  isInterrupted: () => interruption.aborted,
});

/** A refusal is an outcome, too: its problem is what the API has answered. */
async function outcomeOf(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    return { lines: [], answer: failure.answer, isDone: false, failure };
  }
}
