import { createServer } from 'node:http';
import { REPLY_HEADERS } from '../../../engine/http/reply-headers.ts';
import { allowedIn, forCallers } from '../callers.ts';
import type { Part } from '../processes/part.ts';
import { loadSigningKey, publicKeySet } from './signing-key.ts';
import { refuseOutsideLocal } from './stage.ts';

export const jwksPath = '/.well-known/jwks.json';

/** Publishes the development key, as an identity provider would, from the process that starts it. */
export function tokenIssuer(dataDir: string, port: number, host = '127.0.0.1'): Part {
  let keySet = '';
  const server = createServer(
    forCallers(allowedIn(process.env), (request, response) => {
      const isKeySet = request.method === 'GET' && request.url === jwksPath;
      response.writeHead(isKeySet ? 200 : 404, { ...REPLY_HEADERS, 'content-type': 'application/json' });
      response.end(isKeySet ? keySet : '{}');
    }),
  );
  const stop = async () => {
    if (!server.listening) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
  return {
    title: 'Token issuer',
    pid: undefined,
    async start() {
      refuseOutsideLocal(process.env);
      keySet = JSON.stringify(publicKeySet(await loadSigningKey(dataDir)));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return `Token issuer on ${host}:${port}`;
    },
    stop,
    kill: stop,
  };
}
