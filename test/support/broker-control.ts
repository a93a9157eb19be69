import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../../infra/local/processes/run-command.ts';
import { findInstalledServer } from '../../infra/local/rabbitmq/installed.ts';
import { nodeHomeOf, seriesOf } from '../../infra/local/rabbitmq/series.ts';

/** A private node, by what its command line needs to reach it. */
export interface PrivateNode {
  readonly dataDir: string;
  readonly rabbitmqDistPort: number;
}

const timeoutMs = 60_000;

/** Runs `rabbitmqctl`, and answers with what it printed. */
export async function rabbitmqctl(node: PrivateNode, ...args: readonly string[]): Promise<string> {
  const { program, environment } = commandFor(node);
  const { exitCode, output } = await runCommand(program, args, { timeoutMs, environment });
  if (exitCode !== 0) throw new Error(`rabbitmqctl ${args[0]}: ${output}`);
  return output;
}

/** The same, while the whole process stands still, as a frozen Lambda environment does. */
export function rabbitmqctlWhileFrozen(node: PrivateNode, ...args: readonly string[]): void {
  const { program, environment } = commandFor(node);
  execFileSync(program, args, { timeout: timeoutMs, env: environment, stdio: 'ignore' });
}

/** The private node has no epmd to be found by, so its port is given; the command itself listens nowhere. */
function commandFor({ dataDir, rabbitmqDistPort }: PrivateNode) {
  const server = findInstalledServer(process.env);
  const program = server === undefined ? '' : join(dirname(server), 'rabbitmqctl');
  if (server === undefined || !existsSync(program))
    throw new Error('rabbitmqctl was not found beside rabbitmq-server');
  const environment = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: nodeHomeOf(dataDir, seriesOf(server)),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: 'order-saga@localhost',
    ERL_EPMD_PORT: '1',
    RABBITMQ_CTL_ERL_ARGS: `-start_epmd false -erl_epmd_port ${rabbitmqDistPort} -dist_listen false`,
  };
  return { program, environment };
}
