import { applyUsers } from '../../broker/management.ts';
import type { Ports } from '../ports.ts';
import { canRunCompose, composeService } from '../processes/docker.ts';
import { elsewhere } from '../processes/elsewhere.ts';
import type { Part, PartFailure } from '../processes/part.ts';
import { SetupError } from '../processes/setup-error.ts';
import { localAccounts, serviceAccounts, servicePassword } from './accounts.ts';
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
  /** The password of the services' users; undefined if they share the user in the URL. */
  readonly servicePassword: string | undefined;
  /** Whether it listens on this system's own ports. */
  readonly usesOwnPorts: boolean;
};

/**
 * Finds a RabbitMQ to use: the one at a given URL, an installed one as a private node, Docker Compose, or one installed
 * from the distribution. Without a URL, a broker that already runs here is never touched.
 */
export async function findBroker(options: BrokerOptions): Promise<Broker> {
  const { environment, ports, report } = options;
  const givenUrl = environment.RABBITMQ_URL;
  if (givenUrl) return givenBroker(givenUrl, environment.RABBITMQ_MANAGEMENT_URL);

  const installed = findInstalledServer(environment);
  if (installed !== undefined) return ownBroker(installed, options);

  if (await canRunCompose()) {
    const url = privateNodeUrl(ports);
    const management = `http://local:local@127.0.0.1:${ports.rabbitmqDist}`;
    const probe = async () => {
      const version = await brokerVersion(url);
      await applyUsers(management, localAccounts);
      return `RabbitMQ ${version} on 127.0.0.1:${ports.rabbitmq}`;
    };
    report('… RabbitMQ from docker-compose.yml');
    const part = composeService({ title: 'RabbitMQ', service: 'rabbitmq', ports, probe });
    return { part, url, servicePassword, usesOwnPorts: true };
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
  const { dataDir, ports, report, onUnexpectedEnd } = options;
  const part = privateNode({ serverScript, dataDir, ports, report, onUnexpectedEnd });
  return { part, url: privateNodeUrl(ports), servicePassword, usesOwnPorts: true };
}

/** AMQP cannot create users, so a given broker has them only if the URL of its HTTP API is given too. */
function givenBroker(url: string, managementUrl: string | undefined): Broker {
  const { host } = new URL(url);
  const probe = async () => {
    try {
      const version = await brokerVersion(url);
      if (managementUrl) await applyUsers(managementUrl, serviceAccounts, virtualHostOf(url));
      const users = managementUrl ? '' : ', one user for all services: RABBITMQ_MANAGEMENT_URL is not set';
      return `RabbitMQ ${version} on ${host} (from RABBITMQ_URL${users})`;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SetupError(`RABBITMQ_URL names a broker on ${host} that does not answer: ${reason}`);
    }
  };
  const password = managementUrl ? servicePassword : undefined;
  return { part: elsewhere('RabbitMQ', probe), url, servicePassword: password, usesOwnPorts: false };
}

const virtualHostOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1)) || '/';
