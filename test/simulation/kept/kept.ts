import { reportOf } from '../report.ts';
import type { Script } from '../script.ts';
import { replay } from '../simulate-seeds.ts';

/** The runs that are kept, one a line, and what they break now: a report for each that breaks anything. */
export async function failuresAmong(lines: string): Promise<readonly string[]> {
  const scripts = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Script);
  const runs = await Promise.all(scripts.map((script) => replay(script)));
  return runs.filter(({ violation }) => violation !== undefined).map(reportOf);
}
