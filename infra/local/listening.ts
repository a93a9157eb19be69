import { existsSync } from 'node:fs';
import { SetupError } from './processes/setup-error.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/**
 * Where a stand-in listens that runs as a process of its own: on loopback. It believes everybody, so it starts in the stage
 * `local` only, and on other addresses only in a container, whose ports are reached as docker-compose.yml publishes them.
 *
 * @throws SetupError
 */
export function listeningHost(
  what: string,
  { STAGE: stage, HOST: host }: NodeJS.ProcessEnv,
  isContainer = inContainer(),
): string {
  if (stage !== 'local') {
    const found = stage ? `STAGE is "${stage}"` : 'STAGE is not set';
    throw new SetupError(
      `The ${what} runs in the stage local only, and ${found}. Start it with STAGE=local.`,
    );
  }
  if (!host) return '127.0.0.1';
  if (LOOPBACK.has(host) || isContainer) return host;
  throw new SetupError(
    `The ${what} believes everybody, so it listens on this machine only, and HOST is "${host}". Leave HOST out.`,
  );
}

/** Docker's mark, and Podman's. */
const inContainer = (): boolean => existsSync('/.dockerenv') || existsSync('/run/.containerenv');
