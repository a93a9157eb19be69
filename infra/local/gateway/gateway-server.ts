import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Answered, gatewayAnswer } from './answers.ts';
import { guardedServer, type Request, type Route, replyWith, type WebServer, withoutCors } from './hapi.ts';

/** The route that serverless-offline adds for all paths that no other route has. */
const UNKNOWN_PATH = '/{p*}';

/** The largest body that API Gateway takes. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** What serverless-offline answers for a function that threw, or was too late. No function of ours answers so. */
const OF_NO_FUNCTION = new Set([502, 504]);

/** serverless-offline's mark on its answer for an authorizer that did not do its work (`in-process-runner.ts`). */
const FAILED_AUTHORIZER = 'AuthorizerConfigurationException';

/**
 * The server of the HTTP API, in the place of hapi’s class for serverless-offline (`function-host.ts`): what API Gateway answers by
 * itself, this one answers as infra/aws/api.yml says.
 */
export function Server(options: object): WebServer {
  const server = guardedServer(options, ofGateway);
  server.ext('onRequest', ({ method }, h) =>
    // A method that a resource does not have, though hapi answers it as it does GET.
    method === 'head' ? replyWith(h, gatewayAnswer({ status: 404 })) : h.continue,
  );
  server.ext('onRequest', (request, h) => {
    // API Gateway passes on any body as it is; hapi would refuse some types, and serverless-offline rewrites JSON. Functions see
    // the header as it was sent.
    if (request.headers['content-type'] !== undefined)
      request.headers['content-type'] = 'application/octet-stream';
    dropOverrides(request.raw.req.rawHeaders);
    return h.continue;
  });
  server.ext('onPostAuth', (request, h) => {
    // Routed without the slash at its end, and passed on with it, as API Gateway does.
    const [path = ''] = (request.raw.req.url ?? '').split('?');
    if (path === `${request.path}/`) request.path = path;
    return h.continue;
  });
  hideOrigin(server);
  server.listener.removeAllListeners('clientError').on('clientError', refuseUnreadable);
  return server;
}

/** With such a header a caller tells serverless-offline who it is, in the place of its token. */
function dropOverrides(rawHeaders: string[]): void {
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2)
    if (/^sls-offline-/i.test(rawHeaders[at] ?? '')) rawHeaders.splice(at, 2);
}

/** serverless-offline would give every origin leave to read any answer. It does not see where a request came from. */
function hideOrigin(server: WebServer): void {
  server.ext('onPreResponse', (request, h) => {
    request.app.origin = request.headers.origin;
    delete request.headers.origin;
    return h.continue;
  });
  const start = server.start.bind(server);
  server.start = () => {
    // Added after serverless-offline's own, so it runs after it.
    server.ext('onPreResponse', (request, h) => {
      if (request.app.origin !== undefined) request.headers.origin = request.app.origin;
      const answered = answeredByGateway(request);
      return answered === undefined ? h.continue : replyWith(h, gatewayAnswer(answered));
    });
    return start();
  };
}

/** Undefined if a function has answered. */
function answeredByGateway({ response, route }: Request): Answered | undefined {
  // Answered before it was routed.
  if (response.headers?.['content-type'] === 'application/problem+json') return undefined;
  if (response.isBoom === true) {
    const { statusCode = 500, headers = {} } = response.output ?? {};
    const isOfAuthorizer = headers['x-amzn-ErrorType'] === FAILED_AUTHORIZER;
    return { status: statusCode, ...(isOfAuthorizer && { type: 'AUTHORIZER_FAILURE' }) };
  }
  if (route.path === UNKNOWN_PATH) return { status: 404 };
  return OF_NO_FUNCTION.has(response.statusCode) ? { status: response.statusCode } : undefined;
}

/** An unknown path is one whatever its body is. */
const ofGateway = (route: Route): Route =>
  route.path === UNKNOWN_PATH
    ? withoutCors({
        ...route,
        options: { ...route.options, payload: { parse: false, maxBytes: MAX_BODY_BYTES } },
      })
    : route;

type Answering = Socket & { readonly _httpMessage?: ServerResponse | null };

/** What is no HTTP, or has more than one length. https://nodejs.org/api/http.html#event-clienterror */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Answering): void {
  // An answer that has begun cannot become another one. Node.js decides by the same member.
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = gatewayAnswer({
    status: error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400,
  });
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
}
