import { writeFileSync } from 'node:fs';
import { SetupError } from '../../infra/local/processes/setup-error.ts';
import { listenForStopRequests } from '../../infra/local/stop-request.ts';
import { type Arguments, argumentsOf, UsageError } from './arguments.ts';
import { toJson } from './json.ts';
import { plotOf } from './plot.ts';
import { ProgressBar } from './progress-bar.ts';
import { summary } from './report.ts';
import { runBench } from './run.ts';

/** `npm run bench`: progress on stderr, the figures on stdout. */
async function main(args: Arguments): Promise<number> {
  const requests = listenForStopRequests();
  const bar = new ProgressBar(process.stderr);
  requests.stop.addEventListener('abort', () => bar.line('Stopping…'));
  try {
    const findings = await runBench(args, { bar, requests });
    console.log(summary(args, findings));
    if (args.plotFile !== undefined && findings.growth) writeFileSync(args.plotFile, plotOf(findings.growth));
    if (args.json) console.log(JSON.stringify(toJson(args, findings)));
    return findings.verdict.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (requests.stop.aborted) return 130;
    throw error;
  }
}

let exitCode: number;
try {
  exitCode = await main(argumentsOf(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UsageError || error instanceof SetupError) console.error(error.message);
  else console.error(error);
  exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit(exitCode);
