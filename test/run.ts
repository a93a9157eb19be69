import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listenForStopRequests, type StopRequest } from '../infra/local/stop-request.ts';
import type { Failure } from './support/gate/failures-reporter.ts';
import { endLeftovers, type Trace } from './support/gate/leftovers.ts';
import { recapOf } from './support/gate/recap.ts';
import {
  commandOf,
  type Selection,
  type Stage,
  selectStages,
  type Tier,
  tiers,
  UnknownStageError,
} from './support/gate/stages.ts';
import { runToEnd } from './support/gate/supervised-command.ts';
import { countTests, type Tally } from './support/gate/tally.ts';
import { type Timed, timesOf } from './support/gate/times.ts';
import { givenNames } from './support/saga/given-variables.ts';

/** An Erlang node's helpers end a moment after it. */
const leftoverPatienceMs = 5_000;

type Run = { readonly folder: string; readonly requests: StopRequest };

const usage = `Usage: test/run.ts [--up-to TIER] [--beyond TIER] [--within MINUTES] [STAGE…], where TIER is ${tiers.join(', ')}.`;

class UsageError extends Error {}

function readArguments(args: readonly string[]): Selection & { readonly withinMinutes: number } {
  const tier = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { 'up-to': tier, beyond: tier, within: { type: 'string', default: 'Infinity' } },
      allowPositionals: true,
    });
    const withinMinutes = Number(values.within);
    if (!(withinMinutes > 0)) throw new UsageError(`--within has to be a number of minutes. ${usage}`);
    return {
      names: positionals,
      upTo: tierOf(values['up-to']),
      beyond: tierOf(values.beyond),
      withinMinutes,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.split('\n')[0]} ${usage}`);
  }
}

function tierOf(name: string | undefined): Tier | undefined {
  const tier = tiers.find((each) => each === name);
  if (name !== undefined && tier === undefined) throw new UsageError(`There is no tier "${name}". ${usage}`);
  return tier;
}

/** Runs the stages that are asked for in their order, also after one has failed, and ends with a line of figures. */
async function main(args: readonly string[]): Promise<number> {
  const { withinMinutes, ...selection } = readArguments(args);
  const stages = selectStages(selection);
  const deadline = performance.now() + withinMinutes * 60_000;
  const leftOut: string[] = [];
  const notRun: string[] = [];
  // Everything that the tests start works in this folder, and so can be recognised.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'order-saga-test-')));
  const run: Run = { folder, requests: listenForStopRequests() };
  const failedStages: string[] = [];
  const failures: Failure[] = [];
  const times: Timed[] = [];
  const tests: Timed[] = [];
  let [passed, failed] = [0, 0];
  for (const stage of stages) {
    if (run.requests.stop.aborted) break;
    if (performance.now() > deadline) {
      leftOut.push(stage.name);
      continue;
    }
    const begin = performance.now();
    const tally = await runStage(stage, run);
    if (tally.isNotRun) notRun.push(stage.name);
    times.push({ name: stage.name, seconds: (performance.now() - begin) / 1000 });
    tests.push(...tally.tests);
    passed += tally.passed;
    failed += tally.failed;
    if (tally.failed === 0) continue;
    failedStages.push(stage.name);
    failures.push(...tally.failures, ...tally.problems.map((name) => ({ name, message: '' })));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  console.log(`${timesOf(times, tests)}\n`);
  if (failures.length > 0) console.log(`${recapOf(failures)}\n`);
  if (leftOut.length > 0) console.log(`Not run, for want of time: ${leftOut.join(', ')}`);
  if (notRun.length > 0) console.log(`Not run here (each says above why): ${notRun.join(', ')}`);
  if (failedStages.length > 0) console.log(`Failed: ${failedStages.join(', ')}`);
  if (run.requests.stop.aborted) console.log('Interrupted: stages after that did not run.');
  console.log(`${passed} passed, ${failed} failed`);
  if (run.requests.stop.aborted) return 130;
  return failed === 0 ? 0 : 1;
}

async function runStage(stage: Stage, { folder, requests }: Run): Promise<Tally> {
  const reportFile = join(folder, `${stage.name}.json`);
  const command = commandOf(stage, reportFile);
  console.log(`▶ ${stage.name}: ${command.join(' ')}`);
  const begin = performance.now();
  const environment = { ...withoutGivenServers(process.env), TMPDIR: folder };
  const isQuiet = stage.kind === 'check';
  const { group, exitCode, output } = await runToEnd(command, { environment, isQuiet, ...requests });
  if (exitCode !== 0) process.stdout.write(output);
  const ended =
    stage.kind === 'tests' ? countTests(reportFile, exitCode) : tallyOfCheck(stage, exitCode, output);
  // What was interrupted had no time to clean up behind itself; that is no failure of its own.
  const leftovers = await endLeftovers({ group, folder }, requests.stop.aborted ? 0 : leftoverPatienceMs);
  const tally = requests.stop.aborted ? ended : withLeftovers(ended, leftovers);
  for (const problem of tally.problems) console.log(`  ${problem}`);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const figures = stage.kind !== 'tests' ? '' : `: ${tally.passed} passed, ${tally.failed} failed`;
  const mark = tally.failed > 0 ? '✗' : tally.isNotRun ? '–' : '✓';
  console.log(`${mark} ${stage.name}${figures} (${seconds} s)\n`);
  return tally;
}

function tallyOfCheck({ name }: Stage, exitCode: number | null, output: string): Tally {
  if (exitCode === 0) return { passed: 1, failed: 0, problems: [], failures: [], tests: [] };
  return { passed: 0, failed: 1, problems: [], failures: [{ name, message: output }], tests: [] };
}

function withLeftovers(tally: Tally, leftovers: readonly Trace[]): Tally {
  const problems = leftovers.map(({ pid, command }) => `left a process behind: ${pid} ${command}`);
  return {
    ...tally,
    failed: tally.failed + problems.length,
    problems: [...tally.problems, ...problems],
  };
}

/** A broker, database or whole system that a shell's variables name is somebody's; the tests break their own. */
function withoutGivenServers(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = new Set(['RABBITMQ_URL', 'DYNAMODB_ENDPOINT', ...givenNames]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !given.has(name)));
}

let exitCode: number;
try {
  exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UnknownStageError || error instanceof UsageError)) throw error;
  console.error(error.message);
  exitCode = 2;
}
process.exit(exitCode);
