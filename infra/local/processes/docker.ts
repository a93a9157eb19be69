import { setTimeout as delay } from 'node:timers/promises';
import type { Ports } from '../ports.ts';
import { projectDir } from '../project.ts';
import type { Part } from './part.ts';
import { lastLines, runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

const composeTimeoutMs = 10 * 60_000;
const readyTimeoutMs = 120_000;

/** Whether both the compose plugin and the engine answer: often the client is installed without an engine. */
export async function canRunCompose(): Promise<boolean> {
  const [engine, plugin] = await Promise.all([
    runCommand('docker', ['info'], { timeoutMs: 10_000 }),
    runCommand('docker', ['compose', 'version'], { timeoutMs: 10_000 }),
  ]);
  return engine.exitCode === 0 && plugin.exitCode === 0;
}

export type ComposeServiceOptions = {
  readonly title: string;
  readonly service: 'rabbitmq' | 'dynamodb';
  readonly ports: Ports;
  readonly probe: () => Promise<string>;
};

/** One service of docker-compose.yml. A system on other ports is a separate project with its own volumes. */
export function composeService(options: ComposeServiceOptions): Part {
  const { title, service, ports, probe } = options;
  return {
    title,
    pid: undefined,
    async start() {
      await compose(ports, 'up', '--detach', service);
      const deadline = performance.now() + readyTimeoutMs;
      for (;;) {
        try {
          return `${await probe()} (Docker)`;
        } catch (error) {
          if (performance.now() > deadline)
            throw new SetupError(`${title} did not answer in Docker`, { cause: error });
        }
        await delay(250);
      }
    },
    stop: () => compose(ports, 'stop', service),
    kill: () => compose(ports, 'kill', service),
  };
}

export function removeComposeVolumes(ports: Ports): Promise<void> {
  return compose(ports, 'down', '--volumes');
}

async function compose(ports: Ports, ...args: readonly string[]): Promise<void> {
  const result = await runCommand('docker', ['compose', '--project-name', composeProject(ports), ...args], {
    timeoutMs: composeTimeoutMs,
    cwd: projectDir,
    environment: composeEnvironment(ports),
  });
  if (result.exitCode !== 0) {
    throw new SetupError(`docker compose ${args.join(' ')} failed:\n${lastLines(result.output, 8)}`);
  }
}

function composeProject(ports: Ports): string {
  return `order-saga-${ports.rabbitmq}`;
}

function composeEnvironment(ports: Ports): NodeJS.ProcessEnv {
  return {
    ...process.env,
    COMPOSE_PROFILES: 'laptop',
    RABBITMQ_PORT: String(ports.rabbitmq),
    RABBITMQ_MANAGEMENT_PORT: String(ports.rabbitmqDist),
    DYNAMODB_PORT: String(ports.dynamodb),
  };
}
