import { guardedServer, type WebServer, withoutCors } from './hapi.ts';

/** The server of the Lambda API, in the place of hapi’s class for serverless-offline (`function-host.ts`). */
export function Server(options: object): WebServer {
  return guardedServer(options, withoutCors);
}
