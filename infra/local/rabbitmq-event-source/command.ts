/**
 * Runs the event source against any Lambda endpoint, such as LocalStack's:
 *
 *   sls print --format json | AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:4566 node command.ts [--config FILE] [--debug]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startEventSource } from './event-source.ts';
import { lambdaEndpoint } from './invoke.ts';
import { type Log, messageOf } from './log.ts';
import { SettingError } from './setting.ts';
import { readSettings } from './settings.ts';

const standardInput = 0;

function start(): void {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, debug: { type: 'boolean', default: false } },
  });
  const endpoint = process.env.AWS_ENDPOINT_URL_LAMBDA;
  // `localhost:4566` is a URL too, with the scheme `localhost`.
  if (endpoint === undefined || !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new SettingError(
      'the environment variable AWS_ENDPOINT_URL_LAMBDA must be the URL of a Lambda endpoint, such as http://127.0.0.1:4566',
    );
  }
  const settings = readSettings(readConfiguration(values.config), process.env);
  const eventSource = startEventSource(
    settings,
    lambdaEndpoint(endpoint, settings.region),
    consoleLog(values.debug),
  );
  const stop = (): void => {
    // Without a listener, a second signal ends the process at once.
    process.off('SIGINT', stop).off('SIGTERM', stop);
    eventSource.stop().catch(fail);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function readConfiguration(file: string | undefined): unknown {
  const text = readFileSync(file ?? standardInput, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingError(
      `${file ?? 'the standard input'} must hold the output of: sls print --format json`,
    );
  }
}

function consoleLog(debug: boolean): Log {
  return {
    error: (line) => console.error(`${new Date().toISOString()} ERROR ${line}`),
    info: (line) => console.log(`${new Date().toISOString()} INFO  ${line}`),
    debug: debug ? (line) => console.log(`${new Date().toISOString()} DEBUG ${line}`) : () => undefined,
  };
}

function fail(error: unknown): void {
  console.error(messageOf(error));
  process.exitCode = 1;
}

try {
  start();
} catch (error) {
  fail(error);
}
