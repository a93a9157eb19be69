import { inThreads } from '../pool.ts';
import { withoutLogs } from '../quiet.ts';
import { type Enumerated, type Unit, unitsToCrash } from './enumerate.ts';

export interface CrashFigures {
  readonly units: readonly Enumerated[];
  readonly singles: number;
  readonly pairs: number;
}

/** Every unit, whose scenario passes the filter, on a thread per core. */
export async function crashEverywhere(
  wants: (unit: Unit) => boolean = () => true,
  deployment?: string,
): Promise<CrashFigures> {
  const units = (await withoutLogs(() => unitsToCrash(deployment))).filter(wants);
  const done: Enumerated[] = [];
  await inThreads('crashes', units, (answer) => done.push(answer) > 0);
  const sum = (what: 'singles' | 'pairs') => done.reduce((total, each) => total + each[what], 0);
  return { units: done, singles: sum('singles'), pairs: sum('pairs') };
}

/** One line for each saga, with its runs under each kind of redelivery. */
export function crashTable({ units }: CrashFigures): string {
  const scenarios = [...new Set(units.map(({ scenario }) => scenario))].toSorted(byStage);
  return scenarios
    .map((scenario) => {
      const own = units.filter((unit) => unit.scenario === scenario);
      const figures = own
        .toSorted((a, b) => order.indexOf(a.redelivery) - order.indexOf(b.redelivery))
        .map(({ redelivery, singles, pairs }) => `${redelivery} ${singles} + ${pairs}`);
      return `${scenario.padEnd(20)} ${String(own[0]?.calls).padStart(3)} calls   ${figures.join('   ')}`;
    })
    .join('\n');
}

const order = ['once', 'twice', 'late'];

const byStage = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
