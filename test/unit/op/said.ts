import { expect } from 'vitest';
import { cancel } from '../../../infra/op/cancel.ts';
import { connecting } from '../../../infra/op/connect.ts';
import { deadLetters } from '../../../infra/op/dead-letters.ts';
import { discard } from '../../../infra/op/discard.ts';
import { ended } from '../../../infra/op/ended.ts';
import { erase } from '../../../infra/op/erase.ts';
import { nudge } from '../../../infra/op/nudge.ts';
import { runOperation } from '../../../infra/op/operation.ts';
import { reconcile } from '../../../infra/op/reconcile.ts';
import { redrive } from '../../../infra/op/redrive.ts';
import { retain } from '../../../infra/op/retain.ts';
import { sagas } from '../../../infra/op/sagas.ts';
import { show } from '../../../infra/op/show.ts';
import { tail } from '../../../infra/op/tail.ts';
import { flawsOfAnswer, routeOf } from '../../support/specs/answers.ts';

const operations = [
  sagas,
  ended,
  show,
  tail,
  nudge,
  cancel,
  deadLetters,
  redrive,
  discard,
  reconcile,
  erase,
  retain,
];

const NOW_MS = Date.parse('2026-11-30T12:00:00Z');
export const LOCAL = 'http://127.0.0.1:3000';

/** An answer of an API: what the document says of the call, unless it is `foreign`. */
export interface Answer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly foreign?: true;
}

export interface Scene {
  /** What each call or function answers, one after the other; an Error: nothing. */
  readonly answers?: readonly (Answer | Error)[];
  readonly functions?: readonly unknown[];
  readonly columns?: number;
  readonly shell?: NodeJS.ProcessEnv;
}

/** What a command says to whom, with an API and functions that answer as told, and what they were asked. */
export async function said(args: readonly string[], scene: Scene = {}) {
  const { answers = [], functions = [], columns = 80, shell = {} } = scene;
  const lines: string[] = [];
  const complaints: string[] = [];
  const asked: { readonly call: string; readonly body: unknown; readonly token: string | null }[] = [];
  const invoked: unknown[] = [];
  const flaws: string[] = [];
  const send: typeof fetch = async (to, init = {}) => {
    const url = new URL(to instanceof Request ? to.url : to);
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const token = new Headers(init.headers).get('authorization');
    asked.push({
      call: `${method} ${url.origin === LOCAL ? '' : url.origin}${url.pathname}${url.search}`,
      body,
      token,
    });
    expect(init.signal).toBeInstanceOf(AbortSignal);
    const answer = answers[asked.length - 1] ?? new Error('no further answer');
    if (answer instanceof Error) throw answer;
    const response = responseOf(answer);
    if (!answer.foreign)
      flaws.push(...flawsOf(method, url.pathname.replace(/^\/prod(?=\/)/, ''), response, answer));
    return response;
  };
  const connect = connecting(shell, {
    send,
    localApi: async () => ({ url: LOCAL, token: 'olga' }),
    functions: (stage) => async (name, payload) => {
      invoked.push([stage, name, payload]);
      return functions[invoked.length - 1];
    },
  });
  const paused: number[] = [];
  const controller = new AbortController();
  const told = {
    // Whoever looks on has seen enough when the API has nothing further to answer.
    interruption: () => controller.signal,
    pause: async (ms: number) => {
      paused.push(ms);
      if (asked.length >= answers.length) controller.abort();
    },
    say: (...words: readonly unknown[]) => void lines.push(words.join(' ')),
    complain: (...words: readonly unknown[]) => void complaints.push(words.join(' ')),
    columns,
    now: () => NOW_MS,
  };
  const exitCode = await runOperation(operations, args, connect, told);
  // A test that invents an answer fails.
  expect(flaws).toEqual([]);
  return { exitCode, lines, text: lines.join('\n'), complaints, asked, invoked, paused };
}

const textOf = ({ body }: Answer) => (typeof body === 'string' ? body : JSON.stringify(body));

function responseOf(answer: Answer): Response {
  const { status = 200, headers = {} } = answer;
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(textOf(answer), { status, headers: { 'content-type': type, ...headers } });
}

/** What of an answer the document does not say. */
const flawsOf = (
  method: string,
  path: string,
  { status, headers }: Response,
  answer: Answer,
): readonly string[] =>
  flawsOfAnswer(routeOf(method, path) ?? path, {
    status,
    header: (name) => headers.get(name),
    body: textOf(answer),
  });

/** A problem of the API. */
export const problem = (
  status: number,
  type: string,
  title: string,
  detail: string,
  more: object = {},
): Answer => ({
  status,
  body: { type: `urn:order-saga:problem:${type}`, title, status, detail, ...more },
});
