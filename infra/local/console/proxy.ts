import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { REPLY_HEADERS } from '../../../engine/http/reply-headers.ts';

/** Where calls go, and who they are from. */
export interface Upstream {
  /** Such as `http://127.0.0.1:3000`. */
  readonly api: string;
  /** A token that the API accepts now. */
  readonly token: () => Promise<string>;
}

/** What a call may say besides its path and its body. Who calls is for the proxy to say, so `Authorization` is none of it. */
const PASSED_ON = ['accept', 'content-type', 'content-length'];
const PASSED_BACK = ['content-type', 'content-length', 'retry-after'];

/** API Gateway answers within 29 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const TIMEOUT_MS = 40_000;

/** Passes a request on to the API, as the operator. `target`: path and query at the API. Answers 502 if the API does not. */
export async function passOn(
  { api, token }: Upstream,
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
): Promise<void> {
  const authorization = `Bearer ${await token()}`;
  const onward = send(`${api}${target}`, {
    ...(request.method === undefined ? {} : { method: request.method }),
    headers: { ...chosen(request.headers, PASSED_ON), authorization },
    timeout: TIMEOUT_MS,
  });
  await new Promise<void>((resolve) => {
    const giveUp = (): void => {
      onward.destroy();
      request.unpipe().resume();
      // What has begun cannot become another answer: the caller sees that it breaks off.
      if (response.headersSent) response.destroy();
      else refuse(response, 502, 'Bad Gateway', `The API at ${api} does not answer.`);
      resolve();
    };
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, {
        ...REPLY_HEADERS,
        ...chosen(answer.headers, PASSED_BACK),
      });
      answer.pipe(response).once('close', resolve);
      answer.once('error', giveUp);
    });
    onward.once('timeout', giveUp).once('error', giveUp);
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  });
}

function chosen(
  headers: IncomingMessage['headers'],
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/** Answers with a problem: https://www.rfc-editor.org/rfc/rfc9457 */
export function refuse(response: ServerResponse, status: number, title: string, detail: string): void {
  response
    .writeHead(status, { ...REPLY_HEADERS, 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ type: 'about:blank', title, status, detail }));
}
