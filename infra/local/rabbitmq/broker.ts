import type { Ports } from '../ports.ts';
import { canRunCompose, composeService } from '../processes/docker.ts';
import { elsewhere } from '../processes/elsewhere.ts';
import type { Part, PartFailure } from '../processes/part.ts';
import { SetupError } from '../processes/setup-error.ts';
import { canInstallFromDistribution, installFromDistribution } from './install.ts';
import { findInstalledServer } from './installed.ts';
import { privateNode, privateNodeUrl } from './private-node.ts';
import { brokerVersion } from './probe.ts';

export type BrokerOptions = {
  readonly environment: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly ports: Ports;
  readonly report: (line: string) => void;
  readonly onUnexpectedEnd?: ((failure: PartFailure) => void) | undefined;
};

export type Broker = {
  readonly part: Part;
  readonly url: string;
  /** Whether it listens on this system's own ports. */
  readonly usesOwnPorts: boolean;
};

/**
 * Finds a RabbitMQ to use: one whose URL was given, an installed one run as a private node, Docker Compose,
 * or one installed from the distribution. A broker that already runs here is never touched unasked.
 */
export async function findBroker(options: BrokerOptions): Promise<Broker> {
  const { environment, ports, report } = options;
  const givenUrl = environment.RABBITMQ_URL;
  if (givenUrl !== undefined && givenUrl !== '') return givenBroker(givenUrl);

  const installed = findInstalledServer(environment);
  if (installed !== undefined) return ownBroker(installed, options);

  if (await canRunCompose()) {
    const url = privateNodeUrl(ports);
    const probe = async () => `RabbitMQ ${await brokerVersion(url)} on 127.0.0.1:${ports.rabbitmq}`;
    report('… RabbitMQ from docker-compose.yml');
    const part = composeService({ title: 'RabbitMQ', service: 'rabbitmq', ports, probe });
    return { part, url, usesOwnPorts: true };
  }

  if (canInstallFromDistribution()) {
    await installFromDistribution(report);
    const fresh = findInstalledServer(environment);
    if (fresh !== undefined) return ownBroker(fresh, options);
  }
  throw new SetupError(
    'No RabbitMQ was found. Install one (Debian, Ubuntu: sudo apt-get install rabbitmq-server; macOS: brew install rabbitmq), or start Docker, or set RABBITMQ_URL, then run npm start again.',
  );
}

function ownBroker(serverScript: string, options: BrokerOptions): Broker {
  const { dataDir, ports, onUnexpectedEnd } = options;
  const part = privateNode({ serverScript, dataDir, ports, onUnexpectedEnd });
  return { part, url: privateNodeUrl(ports), usesOwnPorts: true };
}

function givenBroker(url: string): Broker {
  const { host } = new URL(url);
  const probe = async () => {
    try {
      return `RabbitMQ ${await brokerVersion(url)} on ${host} (from RABBITMQ_URL)`;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SetupError(`RABBITMQ_URL names a broker on ${host} that does not answer: ${reason}`);
    }
  };
  return { part: elsewhere('RabbitMQ', probe), url, usesOwnPorts: false };
}
