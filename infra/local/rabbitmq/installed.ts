import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Debian's /usr/sbin/rabbitmq-server is a wrapper that refuses ordinary users; the wrapped script does not.
 * Homebrew's formula: https://formulae.brew.sh/formula/rabbitmq
 */
const knownScripts = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
];

/** The start script of an installed RabbitMQ. */
export function findInstalledServer(environment: NodeJS.ProcessEnv): string | undefined {
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'rabbitmq-server'));
  return [...knownScripts, ...onPath].find((script) => existsSync(script));
}
