import { join } from 'node:path';
import { stage } from './environment.ts';
import { loopbackOnly } from './loopback-only.ts';
import { answers, type Ports } from './ports.ts';
import { OwnProcess } from './processes/own-process.ts';
import type { Part, PartFailure } from './processes/part.ts';
import { projectDir } from './project.ts';

export type ServerlessOfflineOptions = {
  readonly dataDir: string;
  readonly ports: Ports;
  /** The variables that serverless.yml reads through `${env:…}`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

const newSpaceMB = 32;

/** The HTTP API, the Lambda API and the RabbitMQ event source, in one process. */
export function serverlessOffline(options: ServerlessOfflineOptions): Part {
  const { dataDir, ports, environment, onUnexpectedEnd } = options;
  return new OwnProcess({
    title: 'serverless-offline',
    key: 'serverless-offline',
    program: process.execPath,
    args: [
      // Nearly all of a request's objects are garbage once it is answered, so a larger young generation saves work.
      `--max-semi-space-size=${newSpaceMB}`,
      ...['--import', import.meta.resolve('./function-host.ts')],
      join(projectDir, 'node_modules/serverless/bin/serverless.js'),
      ...['offline', 'start', '--stage', stage, '--host', '127.0.0.1'],
      ...['--httpPort', String(ports.api), '--lambdaPort', String(ports.lambda)],
      ...['--noPrependStageInUrl', '--disableCookieValidation', '--noSponsor'],
      // The runner has its own timeout. serverless-offline's timer would run its full time after every invocation.
      ...['--useInProcess', '--noTimeout'],
    ],
    environment: {
      ...loopbackOnly(process.env),
      NODE_COMPILE_CACHE: join(projectDir, 'node_modules/.cache/compiled'),
      // At its default, `notice`, serverless-offline writes ten lines for each request.
      SLS_LOG_LEVEL: process.env.SLS_LOG_LEVEL ?? 'warning',
      ...environment,
    },
    workingDir: projectDir,
    dataDir,
    probe: async () => {
      const ready = await Promise.all([answers(ports.api), answers(ports.lambda)]);
      if (ready.includes(false)) throw new Error('not listening yet');
      return `serverless-offline: API on 127.0.0.1:${ports.api}, Lambda on 127.0.0.1:${ports.lambda}`;
    },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 10_000,
    onUnexpectedEnd,
  });
}
