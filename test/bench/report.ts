import type { Arguments } from './arguments.ts';
import { costReport } from './cost-report.ts';
import { countReport } from './counting/count-report.ts';
import { type ByProcess, type Figures, spreadOf } from './figures.ts';
import type { Growth, GrowthPoint } from './growth.ts';
import type { Findings } from './run.ts';
import { type Row, section, textTable } from './text-table.ts';

const shownViolations = 40;

/** What a run has to show for itself, for people. */
export function summary(args: Arguments, findings: Findings): string {
  const { main, runs, oneAtATime, openLoop, counted, growth, retries, verdict } = findings;
  const { mode, concurrency } = args;
  const sections: string[] = [];
  if (growth === undefined) {
    const title = openLoop === main ? openLoopTitle(openLoop) : closedLoopTitle(args, runs.length);
    sections.push(section(`${title}, ${mixOf(args)}`, textTable([...figureRows(main), ...spreadRows(runs)])));
  } else sections.push(...growthSections(args, growth));
  if (oneAtATime) sections.push(section('One at a time', textTable(figureRows(oneAtATime))));
  if (openLoop && mode === 'full') {
    sections.push(section(openLoopTitle(openLoop), textTable(figureRows(openLoop))));
  }
  if (counted) sections.push(countReport(counted, concurrency), costReport(counted, concurrency));
  if (main.cpuSecondsPer1000 === undefined) {
    sections.push('CPU and memory are left out: they are read from /proc, which only Linux has.');
  }
  sections.push(
    textTable([
      [
        'orders',
        Object.entries(verdict.statuses)
          .map(([status, count]) => `${status} ${count}`)
          .join(', '),
      ],
      ['requests sent again after a lost connection', retries],
      ['violations', verdict.violations.length],
    ]),
  );
  sections.push(...verdict.violations.slice(0, shownViolations).map((violation) => `  ✗ ${violation}`));
  return sections.join('\n\n');
}

const mixOf = ({ hot, skus, declined }: Arguments): string =>
  `${hot ? 'all for one SKU' : `${skus} SKUs`}, ${Number((100 * declined).toFixed(4))}% declined`;

const closedLoopTitle = ({ mode, sagas, concurrency }: Arguments, runs: number): string =>
  `${mode === 'participants' ? 'Participants only' : 'Closed loop'}: medians of ${runs} runs of ${sagas} sagas, ${concurrency} at once`;

const openLoopTitle = ({ ratePerSecond }: { readonly ratePerSecond: number }): string =>
  `Open loop at ${ratePerSecond} sagas a second, latency from when each was due`;

function figureRows(figures: Figures): readonly Row[] {
  const { sagasPerSecond, latencyMs, cpuSecondsPer1000, peakMB, driverCpuSecondsPer1000 } = figures;
  const { p50, p95, p99, max } = latencyMs;
  return [
    ['sagas/s', sagasPerSecond],
    ['latency', `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, at most ${max} ms`],
    ...(cpuSecondsPer1000 ? [['CPU seconds per 1,000', processesText(cpuSecondsPer1000)]] : []),
    ['the benchmark’s own', `${driverCpuSecondsPer1000} per 1,000, not in the sum`],
    ...(peakMB ? [['peak memory in MB', processesText(peakMB)]] : []),
  ];
}

function spreadRows(runs: readonly Figures[]): readonly Row[] {
  if (runs.length < 2) return [];
  const spread = (pick: (figures: Figures) => number) => spreadOf(runs.map(pick)).join(' to ');
  return [
    [
      'lowest to highest',
      `${spread(({ sagasPerSecond }) => sagasPerSecond)} sagas/s, p50 ${spread(({ latencyMs }) => latencyMs.p50)} ms, CPU ${spread((run) => run.cpuSecondsPer1000?.total ?? Number.NaN)}`,
    ],
  ];
}

function processesText({ total, ...each }: ByProcess): string {
  return `${total} (${Object.entries(each)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`;
}

function growthSections(args: Arguments, { bySagas, bySkus }: Growth): readonly string[] {
  const head = ['sagas before', 'SKUs', 'sagas/s', 'p50 ms', 'p99 ms', 'CPU-s per 1,000', 'peak MB'];
  const row = (point: GrowthPoint): Row => [
    point.sagasBefore,
    point.skus,
    point.sagasPerSecond,
    point.latencyMs.p50,
    point.latencyMs.p99,
    point.cpuSecondsPer1000?.total ?? '',
    point.peakMB?.total ?? '',
  ];
  const title = `medians of ${args.runs} runs of ${args.sagas} sagas, ${args.concurrency} at once`;
  return [
    section(`With more sagas in the tables: ${title}`, textTable([head, ...bySagas.map(row)], 'right')),
    section(
      `With few and many SKUs (one SKU: one line an order, else two): ${title}`,
      textTable([head, ...bySkus.map(row)], 'right'),
    ),
  ];
}
