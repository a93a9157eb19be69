import { randomInt } from 'node:crypto';
import { SetupError } from '../../infra/local/processes/setup-error.ts';
import { listenForStopRequests } from '../../infra/local/stop-request.ts';
import { type Arguments, argumentsOf, UsageError } from './arguments.ts';
import { summary } from './report.ts';
import { runChaos } from './run.ts';

/** `npm run chaos -- --minutes M [--seed S] [--json]`: progress on stderr, the summary on stdout. */
async function main({ minutes, seed, json }: Arguments): Promise<number> {
  const requests = listenForStopRequests();
  const report = (line: string) => console.error(line);
  requests.stop.addEventListener('abort', () => report('Stopping…'));
  try {
    const outcome = await runChaos({ seed, minutes, report, requests });
    console.log(summary(outcome));
    if (json) console.log(JSON.stringify(outcome));
    return outcome.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (requests.stop.aborted) return 130;
    throw error;
  }
}

let exitCode: number;
try {
  exitCode = await main(argumentsOf(process.argv.slice(2), () => String(randomInt(2 ** 32))));
} catch (error) {
  if (error instanceof UsageError || error instanceof SetupError) console.error(error.message);
  else console.error(error);
  exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit(exitCode);
