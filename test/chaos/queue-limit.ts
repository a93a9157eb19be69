import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../../infra/local/processes/run-command.ts';
import { findInstalledServer } from '../../infra/local/rabbitmq/installed.ts';
import { nodeHomeOf, seriesOf } from '../../infra/local/rabbitmq/series.ts';
import type { Stage } from './stage.ts';

const policy = 'chaos-full';
const timeoutMs = 60_000;

/** Queues whose names match take no more than `length` messages; they are declared to reject what is beyond. */
export const limitQueues = (stage: Stage, pattern: string, length: number): Promise<void> =>
  control(stage, [
    'set_policy',
    policy,
    pattern,
    JSON.stringify({ 'max-length': length }),
    '--apply-to',
    'queues',
  ]);

/**
 * Room for everything. Not without a limit: a queue whose limit is taken away forgets to tell whom it has refused,
 * channels and its own dead-letter workers. https://github.com/rabbitmq/rabbitmq-server/issues/12206
 */
export const unlimitQueues = (stage: Stage): Promise<void> => limitQueues(stage, '.*', 1_000_000);

/** The private node has no epmd to be found by, so its port is given; the command itself listens nowhere. */
async function control({ dataDir, rabbitmqDistPort }: Stage, args: readonly string[]): Promise<void> {
  const server = findInstalledServer(process.env);
  const program = server === undefined ? '' : join(dirname(server), 'rabbitmqctl');
  if (server === undefined || !existsSync(program))
    throw new Error('rabbitmqctl was not found beside rabbitmq-server');
  const { exitCode, output } = await runCommand(program, args, {
    timeoutMs,
    environment: {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: nodeHomeOf(dataDir, seriesOf(server)),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_NODENAME: 'order-saga@localhost',
      ERL_EPMD_PORT: '1',
      RABBITMQ_CTL_ERL_ARGS: `-start_epmd false -erl_epmd_port ${rabbitmqDistPort} -dist_listen false`,
    },
  });
  if (exitCode !== 0) throw new Error(`rabbitmqctl ${args[0]}: ${output}`);
}
