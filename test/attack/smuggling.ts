import { type Attack, badRequest, type Expected, notForPages } from './attack.ts';
import type { Scene } from './scene.ts';

const HOST = 'Host: 127.0.0.1';

/** A second request hides behind the first: the cancellation of Alice's order, with her own token. */
const hidden = ({ orderId, tokens }: Scene): string =>
  `POST /orders/${orderId}/cancel HTTP/1.1\r\n${HOST}\r\nAuthorization: Bearer ${tokens.alice}\r\nContent-Length: 0\r\n\r\n`;

const raw = (
  name: string,
  expected: Expected,
  lines: readonly string[],
  body: (scene: Scene) => string = () => '',
): Attack => ({
  name,
  expected,
  request: (scene) => ({ bytes: `${lines.join('\r\n')}\r\n\r\n${body(scene)}` }),
});

const post = 'POST /orders HTTP/1.1';

export const smuggling: readonly Attack[] = [
  raw(
    'a length and chunks',
    badRequest,
    [post, HOST, 'Content-Length: 4', 'Transfer-Encoding: chunked'],
    (scene) => `0\r\n\r\n${hidden(scene)}`,
  ),
  raw(
    'chunks and a length',
    badRequest,
    [post, HOST, 'Transfer-Encoding: chunked', 'Content-Length: 4'],
    (scene) => `0\r\n\r\n${hidden(scene)}`,
  ),
  raw('two lengths', badRequest, [post, HOST, 'Content-Length: 0', 'Content-Length: 500'], hidden),
  raw('a list of lengths', badRequest, [post, HOST, 'Content-Length: 0, 500'], hidden),
  raw('a negative length', badRequest, [post, HOST, 'Content-Length: -1'], hidden),
  raw('a length with a sign', badRequest, [post, HOST, 'Content-Length: +5'], hidden),
  raw('a length in hexadecimal', badRequest, [post, HOST, 'Content-Length: 0x5'], hidden),
  raw('a length that is no number', badRequest, [post, HOST, 'Content-Length: many'], hidden),
  raw('a space before the colon', badRequest, [post, HOST, 'Content-Length : 5'], hidden),
  raw('an encoding that is not known', badRequest, [post, HOST, 'Transfer-Encoding: xchunked'], hidden),
  raw('an encoding after chunks', badRequest, [post, HOST, 'Transfer-Encoding: chunked, identity'], hidden),
  raw(
    'a chunk’s size that is none',
    badRequest,
    [post, HOST, 'Transfer-Encoding: chunked'],
    (scene) => `zz\r\n${hidden(scene)}`,
  ),
  raw(
    'a line that goes on',
    badRequest,
    [post, HOST, 'X-One: 1', ' X-Two: 2', 'Content-Length: 0'].map((line) => line),
    hidden,
  ),
  raw('a NUL in a header', badRequest, [post, HOST, 'X-One: a\u0000b']),
  raw('a line end without a return', badRequest, [post, `${HOST}\nX-One: 1`]),
  raw('no header’s name', badRequest, [post, HOST, ': nobody']),
  raw('another protocol', badRequest, ['GET /health HTTPS/1.1', HOST]),
  raw('a version that is not known', badRequest, ['GET /health HTTP/9.9', HOST]),
  raw('a method that is not known', badRequest, ['STEAL /orders HTTP/1.1', HOST]),
  raw('no HTTP at all', badRequest, ['\u0016\u0003\u0001 hello']),
  raw('a space in the path', badRequest, ['GET /health /orders HTTP/1.1', HOST]),
  raw('headers of 20 KB', { status: 431, type: 'bad-request' }, [
    'GET /health HTTP/1.1',
    HOST,
    `X-Long: ${'x'.repeat(20_000)}`,
  ]),
  raw('two hosts', notForPages, ['GET /health HTTP/1.1', HOST, 'Host: evil.example']),
  raw('a target at another host', notForPages, ['GET http://evil.example/health HTTP/1.1', HOST]),
];
