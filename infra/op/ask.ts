import type { Problem } from '../../api/calls.ts';
import { type Arguments, type Call, clientOf, type Reply } from '../../api/client.ts';

/** What a call answers that is not refused. */
export type Granted<C extends Call> = C extends Call
  ? Extract<Reply<C>, { readonly status: 200 | 202 }>
  : never;

/** Makes one call of the API. @throws Refusal */
export type Ask = <C extends Call>(call: C, ...request: Arguments<C>) => Promise<Granted<C>>;

/** The API has refused a call, or has not answered it. The message is one line for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The problem that the API has answered, if it has: RFC 9457. */
  readonly answer: unknown;
  /** Undefined if there was no answer of this API. */
  readonly status: number | undefined;

  constructor(message: string, answer?: unknown, status?: number) {
    super(message);
    this.answer = answer;
    this.status = status;
  }
}

/** API Gateway answers within 29 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const TIMEOUT_MS = 40_000;

/** Asks the API at a URL, with a token. `send`: such as `fetch`. `interruption` ends a call that is under way. */
export function asking(url: string, token: string, send: typeof fetch, interruption?: AbortSignal): Ask {
  const bounded: typeof fetch = (to, init) => {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    return send(to, { ...init, signal: interruption ? AbortSignal.any([late, interruption]) : late });
  };
  const call = clientOf(url, token, bounded);
  return async <C extends Call>(name: C, ...request: Arguments<C>) => {
    let reply: Reply<C>;
    try {
      reply = await call(name, ...request);
    } catch (error) {
      throw new Refusal(`${url} ${unanswered(error)}`);
    }
    if (reply.status !== 200 && reply.status !== 202) throw refusalOf(url, Number(reply.status), reply.body);
    if (typeof reply.body === 'object') return reply as Granted<C>;
    throw new Refusal(`${url} answers ${String(reply.status)}, but not as this API does. Is it another one?`);
  };
}

function unanswered(error: unknown): string {
  if (error instanceof SyntaxError) return 'answers what is no JSON. Is it another API?';
  if (!(error instanceof Error)) return `does not answer: ${String(error)}`;
  if (error.name === 'TimeoutError') return `has not answered within ${TIMEOUT_MS / 1_000} s.`;
  const { cause } = error;
  const { code, message = '' } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  // Of several addresses that refuse, only the code is told.
  return `does not answer: ${message || code || error.message}`;
}

function refusalOf(url: string, status: number, body: unknown): Refusal {
  const {
    title,
    detail,
    errors = [],
  } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  if (title === undefined) return new Refusal(`${url} answers ${status}, and not why.`, body, status);
  const flaws = errors.map(({ pointer, detail: flaw }) => `${pointer} ${flaw}`);
  const said = [`${title}${detail === undefined ? '' : `: ${detail}`}`, ...flaws].join(' · ');
  return new Refusal(said, body, status);
}
