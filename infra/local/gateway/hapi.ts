import type { Server as HttpServer, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { allowedIn, REFUSAL_HEADERS, refusalBody, refusalOf } from '../callers.ts';

/** The parts of hapi, the web server of serverless-offline, that are used here. https://hapi.dev/api */
export interface Request {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly req: IncomingMessage };
  readonly route: { readonly path: string };
  readonly response: Response;
  readonly app: { origin?: string | undefined };
  path: string;
}
export interface Response {
  readonly isBoom?: boolean;
  readonly output?: { readonly statusCode: number; readonly headers?: Readonly<Record<string, unknown>> };
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  code(status: number): Response;
  header(name: string, value: string): Response;
  takeover(): Response;
}
interface Toolkit {
  readonly continue: symbol;
  response(body: string): Response;
}
export interface Route {
  readonly path: string;
  readonly options?: Readonly<Record<string, unknown>>;
}
type Routes = Route | readonly Route[];
export interface WebServer {
  readonly listener: HttpServer;
  ext(
    event: 'onRequest' | 'onPostAuth' | 'onPreResponse',
    run: (request: Request, h: Toolkit) => unknown,
  ): void;
  route(routes: Routes): void;
  start(): Promise<void>;
}

const { Server } = createRequire(import.meta.resolve('serverless-offline'))('@hapi/hapi') as {
  readonly Server: new (options: object) => WebServer;
};

export interface OwnAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that answers callers who may, and gives no page of another origin leave to read what it answers. */
export function guardedServer(
  options: object,
  ofRoute: (route: Route) => Route = (route) => route,
): WebServer {
  const server = new Server(options);
  const allowed = allowedIn(process.env);
  server.ext('onRequest', (request, h) => {
    const refusal = refusalOf(request.raw.req, allowed);
    if (refusal === undefined) return h.continue;
    return replyWith(h, { status: 403, headers: REFUSAL_HEADERS, body: refusalBody(refusal) });
  });
  const addRoutes = server.route.bind(server);
  server.route = (routes) => addRoutes([routes].flat().map(ofRoute));
  return server;
}

/** Ends the request with this answer. */
export function replyWith(h: Toolkit, { status, headers, body }: OwnAnswer): Response {
  const response = h.response(body).code(status);
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
  return response.takeover();
}

/** serverless-offline gives some routes leave for every origin: what serverless.yml does not configure, AWS does not give. */
export const withoutCors = ({ options, ...route }: Route): Route => ({
  ...route,
  options: { ...options, cors: false },
});
