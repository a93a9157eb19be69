import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionsOf } from '../../broker/definitions.ts';
import { messageSizeSetting } from '../../broker/message-size.ts';
import type { Ports } from '../ports.ts';
import { PRIVATE_FILE, privateFolder } from '../private-files.ts';
import { OwnProcess, type OwnProcessOptions } from '../processes/own-process.ts';
import type { PartFailure } from '../processes/part.ts';
import { localAccounts, localAdministrator } from './accounts.ts';
import { plainPathTo } from './plain-path.ts';
import { brokerVersion } from './probe.ts';
import { nodeHomeOf, noticeOfOtherSeries, seriesOf } from './series.ts';

/**
 * If a target queue is full for a moment and refuses an expired message, the delay queue offers it again after this
 * time. Meanwhile it passes on no message behind the first 32. The default is three minutes.
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

/** A RabbitMQ node that shares nothing with another broker on this machine. */
export function privateNode(options: PrivateNodeOptions): OwnProcess {
  const { serverScript, dataDir, ports, report, onUnexpectedEnd } = options;
  const series = seriesOf(serverScript);
  const notice = noticeOfOtherSeries(dataDir, series);
  if (notice !== undefined) report(`! ${notice}`);
  const folder = nodeHomeOf(dataDir, series);
  privateFolder(folder);
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
    // Imported at every start, even if the node has data.
    `load_definitions = ${join(home, 'definitions.json')}`,
    messageSizeSetting,
    'disk_free_limit.absolute = 50MB',
    // Quorum queues keep their write-ahead log in memory too. The default is 512 MB.
    'raft.wal_max_size_bytes = 64000000',
    'log.console.level = info',
  ];
  writeFileSync(join(home, 'rabbitmq.conf'), `${settings.join('\n')}\n`, { mode: PRIVATE_FILE });
  writeFileSync(join(home, 'enabled_plugins'), '[].\n', { mode: PRIVATE_FILE });
  writeFileSync(join(home, 'definitions.json'), definitionsOf(localAccounts), { mode: PRIVATE_FILE });
}

/** https://www.rabbitmq.com/docs/configure#supported-environment-variables */
function nodeEnvironment(home: string, ports: Ports): NodeJS.ProcessEnv {
  // The node's name is part of its database's path, so it must not depend on the chosen port.
  const nodeName = 'order-saga@localhost';
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    // Erlang keeps the cookie in HOME, so its own home gives the node its own cookie.
    HOME: home,
    // Makes the start script exec the node, so there is one pid to signal.
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
    // Even without epmd (below) the node tries to register with it, so it is given port 1, where nothing listens. Every
    // minute it also starts a helper that would start epmd; the flag forbids that.
    ERL_AFLAGS: '-start_epmd false',
    ERL_EPMD_PORT: '1',
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}

/**
 * Erlang distribution on loopback and without epmd, a daemon that all nodes of a machine share and that would outlive
 * ours. https://www.erlang.org/doc/apps/erts/erl_cmd.html (-erl_epmd_port)
 */
function erlangArguments(nodeName: string, ports: Ports): readonly string[] {
  return [
    `-sname ${nodeName} -start_epmd false -erl_epmd_port ${ports.rabbitmqDist}`,
    '-kernel inet_dist_use_interface {127,0,0,1}',
    '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
    `-rabbit dead_letter_worker_publisher_confirm_timeout ${deadLetterRetryMs}`,
  ];
}
