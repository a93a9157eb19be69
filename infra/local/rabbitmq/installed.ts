import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { seriesOf } from './series.ts';

/**
 * Debian's /usr/sbin/rabbitmq-server is a wrapper that refuses ordinary users; the wrapped script does not.
 * Homebrew's formula: https://formulae.brew.sh/formula/rabbitmq
 */
const knownScripts = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
];

/** The start script of the newest RabbitMQ that is installed. Of two of one series, the first. */
export function findInstalledServer(environment: NodeJS.ProcessEnv): string | undefined {
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'rabbitmq-server'));
  const scripts = [...knownScripts, ...onPath].filter((script) => existsSync(script));
  return scripts.toSorted((a, b) => rankOf(b) - rankOf(a))[0];
}

/** `4.10` is newer than `4.9`, and each newer than what does not say. */
function rankOf(script: string): number {
  const [major, minor] = seriesOf(script).split('.').map(Number);
  return minor === undefined ? -1 : (major ?? 0) * 1_000 + minor;
}
