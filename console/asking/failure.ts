/** Why a call has no answer that one could show. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** Of the answer; undefined if there was none. */
  readonly status: number | undefined;
  /** How long the API asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status?: number, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** What to do about it, where the status alone tells. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'The API does not know this caller. Is the system of this console the one that runs?',
  403: 'This caller may not do that.',
  502: 'The system is starting, or has stopped.',
};

/** What a refusal says, in a line: the problem of RFC 9457, or the status alone. */
export function failureOf(status: number, body: unknown, retryAfter: string | null): Failure {
  const { title, detail, errors = [] } = (typeof body === 'object' && body !== null ? body : {}) as Problem;
  const said = [
    `${status} ${[title, detail].filter((each) => each !== undefined).join(': ')}`.trimEnd(),
    ...errors.map((flaw) => `${flaw.pointer} ${flaw.detail}`),
    ...(ADVICE[status] === undefined ? [] : [ADVICE[status]]),
  ].join(' · ');
  const seconds = Number(retryAfter);
  return new Failure(said, status, retryAfter !== null && seconds > 0 ? seconds * 1_000 : undefined);
}
