import { type Row, section, textTable } from '../text-table.ts';
import type { Counted } from './counting.ts';
import { type Counts, sum } from './counts.ts';

/** What one saga takes, in a table with a column for each kind and concurrency. */
export function countReport({ happy, compensated }: Counted, concurrency: number): string {
  const columns = [happy.oneAtATime, happy.atConcurrency, compensated.oneAtATime, compensated.atConcurrency];
  const names = (pick: (counts: Counts) => Readonly<Record<string, number>>) => [
    ...new Set(columns.flatMap((counts) => Object.keys(pick(counts)))),
  ];
  const row = (name: string, pick: (counts: Counts) => number): Row => [name, ...columns.map(pick)];
  const byName = (pick: (counts: Counts) => Readonly<Record<string, number>>) =>
    names(pick).map((name) => row(`  ${name}`, (counts) => pick(counts)[name] ?? 0));
  const total = (values: Readonly<Record<string, number>>) =>
    Number(sum(Object.values(values)).toPrecision(3));
  const rows: readonly Row[] = [
    ['', 'happy, alone', `${concurrency} at once`, 'compensated, alone', `${concurrency} at once`],
    row('Lambda invocations', ({ invocations }) => total(invocations)),
    ...byName(({ invocations }) => invocations),
    row('milliseconds billed', ({ billedMs }) => billedMs),
    row('DynamoDB calls', ({ databaseCalls }) => total(databaseCalls)),
    ...byName(({ databaseCalls }) => databaseCalls),
    row('items', ({ items }) => items),
    row('write units', ({ writeUnits }) => writeUnits),
    row('read units', ({ readUnits }) => readUnits),
    row('messages published', ({ messages }) => messages),
    row('bytes published', ({ messageBytes }) => messageBytes),
  ];
  return section('One saga takes, counted on a system apart', textTable(rows, 'right'));
}
