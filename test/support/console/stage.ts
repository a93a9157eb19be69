import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Saga } from '../../../engine/saga/saga.ts';
import { allowedIn, forCallers } from '../../../infra/local/callers.ts';
import { bundleConsole } from '../../../infra/local/console/bundle.ts';
import { consoleListener } from '../../../infra/local/console/server.ts';

/** What the API is asked. */
export interface Asked {
  readonly query: URLSearchParams;
  /** What the path has in place of `*`. */
  readonly name: string;
  readonly body: string;
}
type Answer = (asked: Asked) => unknown;

/** How the API refuses everything, as its gateway or a function says it. */
export interface Refused {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** The console, before an API whose answers a test says: for what no real system is needed, or is in reach. */
export interface Stage {
  readonly url: string;
  /** Answers by method and path, in which `*` is one part of a path. What comes later counts. */
  answer(answers: Readonly<Record<string, Answer>>): void;
  /** Undefined: nothing is refused any more. */
  refuse(refused: Refused | undefined): void;
  end(): Promise<void>;
}

export async function startStage(saga: Saga): Promise<Stage> {
  const answers = new Map<string, Answer>();
  let refused: Refused | undefined;
  const api = createServer((request, response) => {
    answered(answers, refused, request, response).catch((error: unknown) => {
      say(response, 500, { title: 'The test failed', detail: String(error) });
    });
  });
  const upstream = { api: `http://127.0.0.1:${await listening(api)}`, token: async () => 'token' };
  const server = createServer(forCallers(allowedIn({}), consoleListener(bundleConsole(saga), upstream)));
  const url = `http://127.0.0.1:${await listening(server)}`;
  return {
    url,
    answer: (more) => {
      for (const [call, answer] of Object.entries(more)) answers.set(call, answer);
    },
    refuse: (how) => {
      refused = how;
    },
    end: async () => {
      for (const each of [server, api]) {
        const ended = new Promise((resolve) => each.close(resolve));
        each.closeAllConnections();
        await ended;
      }
    },
  };
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answered(
  answers: ReadonlyMap<string, Answer>,
  refused: Refused | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://api');
  const body = await text(request);
  if (refused !== undefined) return say(response, refused.status, refused);
  const call = `${request.method} ${pathname}`;
  for (const [known, answer] of answers) {
    const [before = '', after] = known.split('*');
    const name = after === undefined ? '' : call.slice(before.length, call.length - after.length);
    const isIt =
      after === undefined
        ? call === known
        : call.startsWith(before) && call.endsWith(after) && /^[^/]+$/.test(name);
    if (isIt) return say(response, 200, await answer({ query, name, body }));
  }
  say(response, 404, { title: 'Not found', detail: `The test answers no ${call}.` });
}
