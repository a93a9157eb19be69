import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SetupError } from '../../infra/local/processes/setup-error.ts';
import { listenForStopRequests } from '../../infra/local/stop-request.ts';
import { UsageError } from '../bench/arguments.ts';
import { plotOf } from './plot.ts';
import { runFlood } from './run-flood.ts';

const usage =
  'Usage: npm run flood -- [--seconds 600] [--times 3] [--customers 250] [--allowed CALLS | --allowed any] [--plot FILE]';

function argumentsOf(args: readonly string[]) {
  const values = parsed(args);
  const { allowed } = values;
  return {
    floodSeconds: count('--seconds', values.seconds),
    times: count('--times', values.times),
    customers: count('--customers', values.customers),
    allowed: allowed === 'any' ? undefined : count('--allowed', allowed),
    plotFile: values.plot,
  };
}

function parsed(args: readonly string[]) {
  const text = (usual: string) => ({ type: 'string', default: usual }) as const;
  const options = {
    seconds: text('600'),
    times: text('3'),
    customers: text('250'),
    allowed: text('25'),
    plot: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new UsageError(`${reason} ${usage}`);
  }
}

function count(name: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError(`${name} ${text}: a whole number from 1 to 99999. ${usage}`);
}

/** `npm run flood`: progress on stderr, the figures on stdout. */
async function main(args: readonly string[]): Promise<number> {
  const { allowed, plotFile, ...wanted } = argumentsOf(args);
  const requests = listenForStopRequests();
  const plan = { ...wanted, bestSeconds: 20, calmSeconds: 20, afterSeconds: 90, stepSeconds: 2 };
  try {
    const report = (line: string) => process.stderr.write(`${line}\n`);
    const flooded = await runFlood(plan, allowed, { report, requests });
    if (plotFile !== undefined) writeFileSync(plotFile, plotOf(flooded));
    const { moments: _, ...figures } = flooded;
    console.log(JSON.stringify(figures, null, 2));
    return flooded.verdict.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (requests.stop.aborted) return 130;
    throw error;
  }
}

let exitCode: number;
try {
  exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError || error instanceof SetupError) console.error(error.message);
  else console.error(error);
  exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit(exitCode);
