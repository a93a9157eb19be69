import { parseArgs } from 'node:util';

/** A command line that cannot be used, told in one line. */
export class UsageError extends Error {}

export interface Arguments {
  readonly minutes: number;
  readonly seed: string;
  readonly json: boolean;
}

const usage = 'Usage: npm run chaos -- --minutes M [--seed S] [--json]';
const defaultMinutes = '2';
/** All seeds look alike: a number as a random one is, or a word of one's own. */
const seedPattern = /^[A-Za-z0-9_-]{1,40}$/;
const mostMinutes = 240;

/** @throws UsageError */
export function argumentsOf(args: readonly string[], randomSeed: () => string): Arguments {
  const { minutes, seed, json } = parsed(args);
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(minutes) || Number(minutes) <= 0 || Number(minutes) > mostMinutes) {
    throw new UsageError(`--minutes ${minutes}: a number above 0 and up to ${mostMinutes}. ${usage}`);
  }
  const chosen = seed ?? randomSeed();
  if (!seedPattern.test(chosen)) {
    throw new UsageError(`--seed ${chosen}: 1 to 40 letters, digits, dashes or underscores. ${usage}`);
  }
  return { minutes: Number(minutes), seed: chosen, json };
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: defaultMinutes },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new UsageError(`${reason} ${usage}`);
  }
}
