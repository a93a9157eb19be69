import type { Run } from './run.ts';
import type { Script } from './script.ts';

/** One line that stands for a run: a line of kept/scripts.jsonl. */
const lineOf = (script: Script): string => JSON.stringify(script);

/** What broke, with how little, and the whole story. */
export function reportOf({ script, violation, faults, trace }: Run): string {
  const schedule =
    faults.length === 0 ? ['  none'] : faults.map(({ at, fault }) => `  ${at.padEnd(14)} ${fault}`);
  return [
    `seed ${script.seed}: ${violation === undefined ? 'nothing is broken' : `${violation.promise} broken: ${violation.flaw}`}`,
    '',
    'Faults:',
    ...schedule,
    '',
    'What happened (step, virtual time):',
    ...shortened(trace),
    '',
    'To keep it as a regression test:',
    `  echo '${lineOf(script)}' >> test/simulation/kept/scripts.jsonl`,
  ].join('\n');
}

const SHOWN_AT_THE_BEGINNING = 160;
const SHOWN_AT_THE_END = 60;

/** What never ends looks the same all the way. */
function shortened(trace: readonly string[]): readonly string[] {
  const left = trace.length - SHOWN_AT_THE_BEGINNING - SHOWN_AT_THE_END;
  if (left <= 0) return trace;
  return [...trace.slice(0, SHOWN_AT_THE_BEGINNING), `… ${left} lines …`, ...trace.slice(-SHOWN_AT_THE_END)];
}
