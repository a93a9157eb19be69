import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { application } from '../application.ts';
import { queuesOf } from '../broker/shards.ts';
import { consolePart } from './console/part.ts';
import { findDatabase } from './dynamodb/database.ts';
import { createTables } from './dynamodb/tables.ts';
import { handlerEnvironment, region, stage } from './environment.ts';
import { tokenIssuer } from './identity/issuer.ts';
import { signToken, type TokenRequest } from './identity/sign-token.ts';
import { endLeftovers } from './leftovers.ts';
import { forgetCloudAccount } from './loopback-only.ts';
import { paymentSandbox } from './payments.ts';
import { issuerUrl, type PortName, type Ports, refuseTakenPorts } from './ports.ts';
import { privateData, privateFolder } from './private-files.ts';
import { claim } from './processes/identity-file.ts';
import { Lifecycle } from './processes/lifecycle.ts';
import type { Part, PartFailure } from './processes/part.ts';
import { SetupError } from './processes/setup-error.ts';
import { findBroker } from './rabbitmq/broker.ts';
import { untilConsumed } from './rabbitmq/consumers.ts';
import { describeSystem, supervisorFileOf } from './running-system.ts';
import { serverlessOffline } from './serverless-offline.ts';
import { applyLocalTopology, localShards } from './topology.ts';
import { refuseFaultyWiring } from './wiring/refuse.ts';

export type SystemOptions = {
  /** Holds data, logs and the identities of running processes. One system per folder. */
  readonly dataDir: string;
  readonly ports: Ports;
  /** Told of progress, one line at a time. */
  readonly report?: (line: string) => void;
  /** Further variables for the handlers and the payment sandbox; they win over the system's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** False leaves serverless-offline out: broker, tables, topology, payments and issuer only. */
  readonly withApi?: boolean;
  /** True serves the console, too. It is the shop's. */
  readonly withConsole?: boolean;
  /** Called when a part ends although nobody asked it to. */
  readonly onUnexpectedEnd?: (failure: PartFailure) => void;
  /** Aborting it while the system starts makes startSystem stop what it started, and throw. */
  readonly stopSignal?: AbortSignal;
  /** Aborting it ends every part at once with SIGKILL, also while the system starts or stops. */
  readonly killSignal?: AbortSignal;
};

export type PartName = 'rabbitmq' | 'dynamodb' | 'payments' | 'issuer' | 'api' | 'console';

export type System = {
  readonly urls: Readonly<Record<'api' | 'lambda' | 'rabbitmq' | 'dynamodb' | 'payments' | 'issuer', string>>;
  /** The environment handlers and `sls` need to reach this system. */
  readonly environment: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<PartName, Part>>;
  /** A token this system's authorizer accepts, unless the request makes it unacceptable on purpose. */
  signToken(request: Omit<TokenRequest, 'issuer'> & { readonly issuer?: string }): Promise<string>;
  /** Ends every part in order; serverless-offline first, so that no function loses its broker under it. */
  stop(): Promise<void>;
  /** Ends every part at once with SIGKILL. */
  kill(): Promise<void>;
};

type Plan = {
  readonly parts: Readonly<Record<PartName, Part>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly neededPorts: readonly PortName[];
};

const portPatienceMs = 1_000;

/** Brings up the whole local system. When it can't, it stops what it started and throws. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { dataDir, ports, report = () => {}, withApi = true, withConsole = false } = options;
  forgetCloudAccount();
  if (withApi) refuseFaultyWiring(application, localShards(options.environment ?? {}), stage);
  const release = claimDataDir(dataDir);
  const lifecycle = new Lifecycle(report);
  options.stopSignal?.addEventListener('abort', () => lifecycle.close(), { once: true });
  const kill = () => {
    lifecycle.kill().catch(() => {});
  };
  options.killSignal?.addEventListener('abort', kill, { once: true });
  try {
    options.stopSignal?.throwIfAborted();
    await endLeftovers(dataDir, report);
    const onUnexpectedEnd = (failure: PartFailure) => {
      if (!lifecycle.isClosed) options.onUnexpectedEnd?.(failure);
    };
    const plan = await planSystem({ ...options, report, onUnexpectedEnd }, () => lifecycle.isUp);
    describeSystem(dataDir, { ports, environment: plan.environment });
    await refuseTakenPorts(ports, plan.neededPorts, portPatienceMs);
    await bringUp(plan, lifecycle, { report, withApi, withConsole });
    lifecycle.complete();
    return runningSystem(options, plan, lifecycle, release);
  } catch (error) {
    await lifecycle.stop();
    release();
    options.stopSignal?.throwIfAborted();
    throw error;
  }
}

function claimDataDir(dataDir: string): () => void {
  const file = supervisorFileOf(dataDir);
  privateData(dataDir);
  privateFolder(dirname(file));
  const holder = claim(file);
  if (holder !== undefined) {
    throw new SetupError(
      `The local system already runs here (process ${holder.pid}). Stop it with Ctrl-C in its terminal first.`,
    );
  }
  return () => rmSync(file, { force: true });
}

async function planSystem(options: SystemOptions, isUp: () => boolean): Promise<Plan> {
  const { dataDir, ports, report = () => {}, onUnexpectedEnd, withApi = true, withConsole = false } = options;
  const [broker, database] = await Promise.all([
    findBroker({ environment: process.env, dataDir, ports, report, onUnexpectedEnd }),
    findDatabase({ environment: process.env, dataDir, ports, onUnexpectedEnd }),
  ]);
  const addresses = {
    ports,
    rabbitmqUrl: broker.url,
    servicePassword: broker.servicePassword,
    dynamodbEndpoint: database.endpoint,
  };
  const environment = { ...handlerEnvironment(addresses), ...options.environment };
  const neededPorts: PortName[] = ['payments', 'issuer'];
  if (withApi) neededPorts.push('api', 'lambda');
  if (withConsole) neededPorts.push('console');
  if (broker.usesOwnPorts) neededPorts.push('rabbitmq', 'rabbitmqDist');
  if (database.usesOwnPorts) neededPorts.push('dynamodb');
  const parts = {
    rabbitmq: broker.part,
    dynamodb: database.part,
    payments: paymentSandbox({ dataDir, ports, environment, onUnexpectedEnd }),
    issuer: tokenIssuer(dataDir, ports.issuer),
    api: serverlessOffline({ dataDir, ports, environment, onUnexpectedEnd }),
  };
  const console = consolePart(dataDir, ports, { parts, environment, isUp });
  return { environment, neededPorts, parts: { ...parts, console } };
}

async function bringUp(
  { parts, environment }: Plan,
  lifecycle: Lifecycle,
  { report, withApi, withConsole }: Required<Pick<SystemOptions, 'report' | 'withApi' | 'withConsole'>>,
): Promise<void> {
  // Its address is told first. It says of what does not answer yet that it does not.
  if (withConsole) await lifecycle.start(parts.console);
  await Promise.all([
    lifecycle.start(parts.rabbitmq),
    lifecycle.start(parts.dynamodb),
    lifecycle.start(parts.payments),
    lifecycle.start(parts.issuer),
  ]);
  await Promise.all([
    lifecycle.step(async () => {
      const tables = await createTables(environment.AWS_ENDPOINT_URL_DYNAMODB ?? '', region);
      return `Tables: ${tables.join(', ')}`;
    }),
    lifecycle.step(async () => {
      for (const line of await applyLocalTopology(environment)) report(`! ${line}`);
      return 'Exchanges, queues and bindings';
    }),
  ]);
  if (!withApi) return;
  await lifecycle.start(parts.api);
  await lifecycle.step(async () => {
    const shards = localShards(environment);
    const queues = application.services.flatMap((service) => queuesOf(service, shards));
    await untilConsumed(environment.RABBITMQ_URL ?? '', queues);
    return `Participants: ${application.services.join(', ')}`;
  });
}

function runningSystem(
  options: SystemOptions,
  plan: Plan,
  lifecycle: Lifecycle,
  release: () => void,
): System {
  const { dataDir, ports } = options;
  return {
    urls: {
      api: `http://127.0.0.1:${ports.api}`,
      lambda: `http://127.0.0.1:${ports.lambda}`,
      rabbitmq: plan.environment.RABBITMQ_URL ?? '',
      dynamodb: plan.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
      payments: `http://127.0.0.1:${ports.payments}`,
      issuer: issuerUrl(ports),
    },
    environment: plan.environment,
    parts: plan.parts,
    signToken: (request) => signToken(dataDir, { issuer: issuerUrl(ports), ...request }),
    stop: async () => {
      // Whoever plays with the parts lets go of them first: what they have broken must neither hold this up nor start again.
      lifecycle.close();
      await plan.parts.console.stop();
      await lifecycle.stop();
      release();
    },
    kill: async () => {
      await lifecycle.kill();
      release();
    },
  };
}
