import { createServer, type Server } from 'node:http';
import { application } from '../../application.ts';
import { allowedIn, forCallers } from '../callers.ts';
import { signToken } from '../identity/sign-token.ts';
import { refuseOutsideLocal } from '../identity/stage.ts';
import { issuerUrl, type Ports } from '../ports.ts';
import type { Part } from '../processes/part.ts';
import type { Supervised } from '../processes/supervised.ts';
import { bundleConsole } from './bundle.ts';
import { openPlayground, type Playground } from './controls/controls.ts';
import { consoleListener } from './server.ts';

/** A token is good for a day. */
const RENEWED_AFTER_MS = 3_600_000;

/**
 * The console, served by the process that starts it, to this machine only. Whoever may call its port acts as the operator, as
 * whoever may call Lambda's does, so it runs in the stage `local` only. Its playground breaks `system`, until the console stops.
 */
export function consolePart(dataDir: string, ports: Ports, system: Supervised): Part {
  let server: Server | undefined;
  let playground: Playground | undefined;
  const stop = async () => {
    const [ending, closing] = [server, playground];
    server = undefined;
    playground = undefined;
    await closing?.close();
    if (ending === undefined) return;
    await new Promise((resolve) => {
      ending.close(resolve);
      ending.closeAllConnections();
    });
  };
  return {
    title: 'Console',
    pid: undefined,
    async start() {
      refuseOutsideLocal(process.env);
      const upstream = {
        api: `http://127.0.0.1:${ports.api}`,
        token: renewed(() => signToken(dataDir, { role: 'operator', issuer: issuerUrl(ports) })),
      };
      playground = openPlayground({
        system,
        provider: `http://127.0.0.1:${ports.payments}`,
        shop: {
          api: upstream.api,
          tokenOf: (name) =>
            signToken(dataDir, { role: application.ownerRole, name, issuer: issuerUrl(ports) }),
        },
      });
      const listener = consoleListener(bundleConsole(application), upstream, playground.route);
      const starting = createServer(forCallers(allowedIn(process.env), listener));
      await new Promise<void>((resolve, reject) => {
        starting.once('error', reject);
        starting.listen({ host: '127.0.0.1', port: ports.console }, () => {
          starting.off('error', reject);
          resolve();
        });
      });
      server = starting;
      return `Console: ${consoleUrl(ports)}`;
    },
    stop,
    kill: stop,
  };
}

export const consoleUrl = ({ console: port }: Ports): string => `http://127.0.0.1:${port}`;

/** The same promise for an hour, so that not every call signs one. One that has failed is not kept. */
function renewed(sign: () => Promise<string>): () => Promise<string> {
  let last: { readonly token: string; readonly atMs: number } | undefined;
  return async () => {
    if (last === undefined || performance.now() - last.atMs > RENEWED_AFTER_MS)
      last = { token: await sign(), atMs: performance.now() };
    return last.token;
  };
}
