import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Request } from './attack.ts';
import type { Scene } from './scene.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const PATIENCE_MS = 10_000;

/** Sends a request as it is: a client of the language would repair some of them. */
export function send({ system }: Scene, { port = 'api', bytes, ...request }: Request): Promise<Answer> {
  const { hostname, port: number } = new URL(system.urls[port]);
  return bytes === undefined
    ? ask(hostname, Number(number), request)
    : sendBytes(hostname, Number(number), bytes);
}

function ask(
  host: string,
  port: number,
  { method = 'GET', path = '/', headers = {}, body }: Omit<Request, 'port' | 'bytes'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    );
    const sent = httpRequest(
      { host, port, method, path, headers: given, agent: false, timeout: PATIENCE_MS },
      (reply) => {
        text(reply).then(
          (content) => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: content }),
          reject,
        );
      },
    );
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error('no answer')));
    sent.end(body);
  });
}

/** The first answer to these bytes. */
async function sendBytes(host: string, port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, host);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
  socket.write(bytes, 'latin1');
  let got = '';
  for await (const chunk of socket) {
    got += String(chunk);
    const answer = answerIn(got);
    if (answer !== undefined) {
      socket.destroy();
      return answer;
    }
  }
  throw new Error(`the connection ended after ${JSON.stringify(got)}`);
}

function answerIn(got: string): Answer | undefined {
  const [head = '', ...rest] = got.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  if (rest.length === 0) return undefined;
  const headers = Object.fromEntries(
    lines.map((each) => [each.split(':')[0]?.toLowerCase() ?? '', each.slice(each.indexOf(':') + 1).trim()]),
  );
  const body = rest.join('\r\n\r\n');
  if (Buffer.byteLength(body) < Number(headers['content-length'] ?? 0)) return undefined;
  return { status: Number(line.split(' ')[1]), headers, body };
}
