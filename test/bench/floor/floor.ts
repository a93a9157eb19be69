import { refuseArguments } from '../../../infra/local/no-arguments.ts';
import { SetupError } from '../../../infra/local/processes/setup-error.ts';
import { listenForStopRequests } from '../../../infra/local/stop-request.ts';
import { type Figures, medianFigures, repeated, type Several, spreadOf } from '../figures.ts';
import { closedLoop, type Loop, type Timings } from '../loops.ts';
import { measure } from '../measure.ts';
import { rounded } from '../percentiles.ts';
import { ProgressBar } from '../progress-bar.ts';
import { setStage } from '../stage.ts';
import { type Row, section, textTable } from '../text-table.ts';
import { BareSagas } from './bare-sagas.ts';

const sagas = 4_000;
const runs = 3;
const skus = 1_000;
/** As many sagas as share a call when so many are under way at once in the whole system. */
const loads = [
  { concurrency: 64, group: 11 },
  { concurrency: 256, group: 44 },
];

/** `npm run bench:floor`: what database, broker and payment sandbox take here, whoever it is that asks them. */
async function main(): Promise<number> {
  const requests = listenForStopRequests();
  const bar = new ProgressBar(process.stderr);
  const stage = await setStage({ skus, report: bar.line, requests });
  try {
    const bare = await BareSagas.like(stage, { skus, hot: false, declined: 0 });
    for (const load of loads) {
      const floor = (title: string) =>
        measure(title, stage, { sagas, run: async () => 0 }, (loop) => inGroups(loop, bare, load), {
          bar,
          stop: requests.stop,
        });
      await floor('Warming up');
      const all = await repeated(runs, (turn) => floor(`${load.concurrency} at once, run ${turn}`));
      const title = `Medians of ${runs} runs of ${sagas} bare sagas, ${load.concurrency} at once in groups of ${load.group}, ${skus} SKUs, none declined`;
      console.log(section(title, textTable(rowsOf(all))));
    }
    await bare.close();
    return 0;
  } catch (error) {
    if (requests.stop.aborted) return 130;
    throw error;
  } finally {
    await stage.end();
  }
}

/** Of the system only what was asked; what asked is this process. */
function rowsOf(all: Several<Figures>): readonly Row[] {
  const {
    sagasPerSecond,
    latencyMs,
    cpuSecondsPer1000,
    driverCpuSecondsPer1000: clients,
  } = medianFigures(all);
  const [lowest, highest] = spreadOf(all.map((run) => run.sagasPerSecond));
  const {
    dynamodb = 0,
    rabbitmq = 0,
    payments = 0,
  }: Readonly<Record<string, number>> = cpuSecondsPer1000 ?? {};
  const total = rounded(dynamodb + rabbitmq + payments + clients);
  return [
    ['sagas/s', `${sagasPerSecond} (${lowest} to ${highest})`],
    ['latency', `p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms`],
    [
      'CPU seconds per 1,000',
      cpuSecondsPer1000 === undefined
        ? 'only known on Linux'
        : `${total} (dynamodb ${dynamodb}, rabbitmq ${rabbitmq}, payments ${payments}, their clients ${clients})`,
    ],
  ];
}

/** A group counts as so many sagas, each as long as the group. */
async function inGroups(
  { sagas, ended, stop }: Loop,
  bare: BareSagas,
  { group, concurrency }: { readonly group: number; readonly concurrency: number },
): Promise<Timings> {
  const run = async () => {
    await bare.group(group);
    for (let saga = 0; saga < group; saga += 1) ended();
    return performance.now();
  };
  const { elapsedMs, latenciesMs } = await closedLoop({
    ...{ sagas: Math.ceil(sagas / group), concurrency: Math.ceil(concurrency / group) },
    ...{ run, ended: () => {}, stop },
  });
  return { elapsedMs, latenciesMs: latenciesMs.flatMap((latencyMs) => Array<number>(group).fill(latencyMs)) };
}

refuseArguments('run bench:floor');
let exitCode: number;
try {
  exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  exitCode = 1;
}
process.exit(exitCode);
