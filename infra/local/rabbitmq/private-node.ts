import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionsOf } from '../../broker/definitions.ts';
import type { Ports } from '../ports.ts';
import { OwnProcess, type OwnProcessOptions } from '../processes/own-process.ts';
import type { PartFailure } from '../processes/part.ts';
import { localAccounts, localAdministrator } from './accounts.ts';
import { plainPathTo } from './plain-path.ts';
import { brokerVersion } from './probe.ts';
import { nodeHomeOf, noticeOfOtherSeries, seriesOf } from './series.ts';

/**
 * A delay queue whose target has refused what expired offers it again after this, and meanwhile gives nothing
 * away that comes behind the first 32. By default that is three minutes after a queue was full for a moment.
 * https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 */
const deadLetterRetryMs = 10_000;

export type PrivateNodeOptions = {
  readonly serverScript: string;
  readonly dataDir: string;
  readonly ports: Ports;
  readonly report: (line: string) => void;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

export function privateNodeUrl(ports: Ports): string {
  const { user, password } = localAdministrator;
  return `amqp://${user.name}:${password}@127.0.0.1:${ports.rabbitmq}`;
}

/** A RabbitMQ node that shares nothing with a broker that may run on this machine already. */
export function privateNode(options: PrivateNodeOptions): OwnProcess {
  const { serverScript, dataDir, ports, report, onUnexpectedEnd } = options;
  const series = seriesOf(serverScript);
  const notice = noticeOfOtherSeries(dataDir, series);
  if (notice !== undefined) report(`! ${notice}`);
  const folder = nodeHomeOf(dataDir, series);
  mkdirSync(folder, { recursive: true });
  const home = plainPathTo(folder);
  writeConfiguration(home, ports);
  const processOptions: OwnProcessOptions = {
    title: 'RabbitMQ',
    key: 'rabbitmq',
    program: serverScript,
    args: [],
    environment: nodeEnvironment(home, ports),
    workingDir: home,
    dataDir,
    probe: async () =>
      `RabbitMQ ${await brokerVersion(privateNodeUrl(ports))} on 127.0.0.1:${ports.rabbitmq}`,
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 20_000,
    onUnexpectedEnd,
  };
  return new OwnProcess(processOptions);
}

function writeConfiguration(home: string, ports: Ports): void {
  // https://www.rabbitmq.com/docs/configure#config-items
  const settings = [
    `listeners.tcp.1 = 127.0.0.1:${ports.rabbitmq}`,
    // Read at every start, also by a node that has data already.
    `load_definitions = ${join(home, 'definitions.json')}`,
    'disk_free_limit.absolute = 50MB',
    // The write-ahead log of quorum queues is also held in memory; the default is 512 MB.
    'raft.wal_max_size_bytes = 64000000',
    'log.console.level = info',
  ];
  writeFileSync(join(home, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  writeFileSync(join(home, 'enabled_plugins'), '[].\n');
  writeFileSync(join(home, 'definitions.json'), definitionsOf(localAccounts), { mode: 0o600 });
}

/** https://www.rabbitmq.com/docs/configure#supported-environment-variables */
function nodeEnvironment(home: string, ports: Ports): NodeJS.ProcessEnv {
  // The node's name is part of its database's path, so it must not depend on the chosen port.
  const nodeName = 'order-saga@localhost';
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    // Erlang keeps the cookie in HOME: a home of its own gives the node a cookie of its own.
    HOME: home,
    // The start script then becomes the node instead of standing between us and it: one pid to signal.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: nodeName,
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(home, 'node.pid'),
    RABBITMQ_DIST_PORT: String(ports.rabbitmqDist),
    RABBITMQ_SCHEDULER_BIND_TYPE: 'u',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangArguments(nodeName, ports).join(' '),
    // Without epmd (below) the node still tries to register there; nothing listens on port 1. Every minute it also
    // has a helper started whose only purpose is to bring epmd up, which the flag keeps it from doing.
    ERL_AFLAGS: '-start_epmd false',
    ERL_EPMD_PORT: '1',
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}

/**
 * Erlang distribution on loopback and without epmd, a daemon that would be shared with other nodes of this
 * machine and would outlive ours. https://www.erlang.org/doc/apps/erts/erl_cmd.html (-erl_epmd_port)
 */
function erlangArguments(nodeName: string, ports: Ports): readonly string[] {
  return [
    `-sname ${nodeName} -start_epmd false -erl_epmd_port ${ports.rabbitmqDist}`,
    '-kernel inet_dist_use_interface {127,0,0,1}',
    '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
    `-rabbit dead_letter_worker_publisher_confirm_timeout ${deadLetterRetryMs}`,
  ];
}
