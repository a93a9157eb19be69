import type { Run, Script } from './run.ts';

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
    ...trace,
    '',
    'To keep it as a regression test:',
    `  echo '${lineOf(script)}' >> test/simulation/kept/scripts.jsonl`,
  ].join('\n');
}
