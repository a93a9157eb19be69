/** How a question is repeated. */
export interface Pace {
  /** Until it is asked again, in milliseconds. */
  readonly delayMs: number;
  /** How often in a row it had no answer. */
  readonly failures: number;
}

/** What became of a question: an answer as before, another one, or none. */
export type Outcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'same' }
  | { readonly kind: 'failed'; readonly retryAfterMs?: number | undefined };

/** How much slower an answer that stays the same makes it, and up to how much. */
const SLOWER = 1.25;
const SLOWEST = 5;
/** The longest time between two tries of what fails. Who waits sees when the next one is. */
const MAX_FAILING_MS = 30_000;

export const briskly = (baseMs: number): Pace => ({ delayMs: baseMs, failures: 0 });

/**
 * The pace after an answer: at once the base again when something changes, ever slower while nothing does, and half as often
 * after each failure, so that a system in trouble is not asked by every open page at once.
 */
export function paceAfter(pace: Pace, outcome: Outcome, baseMs: number): Pace {
  switch (outcome.kind) {
    case 'changed':
      return briskly(baseMs);
    case 'same': {
      const before = pace.failures > 0 ? baseMs : pace.delayMs;
      return { delayMs: Math.min(before * SLOWER, baseMs * SLOWEST), failures: 0 };
    }
    case 'failed': {
      const failures = pace.failures + 1;
      const delayMs = Math.min(baseMs * 2 ** failures, Math.max(MAX_FAILING_MS, baseMs));
      return { delayMs: Math.max(delayMs, outcome.retryAfterMs ?? 0), failures };
    }
    default:
      return outcome satisfies never;
  }
}

/** What is known of an answer. A failure takes nothing away of what was known before it. */
export interface View<T> {
  readonly data?: T;
  /** When that was answered, in milliseconds since 1970. */
  readonly atMs?: number;
  readonly failure?: string;
  /** When it is asked again. */
  readonly nextMs?: number;
}

export const answered = <T>(data: T, nowMs: number, nextMs: number): View<T> => ({
  data,
  atMs: nowMs,
  nextMs,
});

export const failed = <T>(view: View<T>, failure: string, nextMs: number): View<T> => ({
  ...view,
  failure,
  nextMs,
});

/** An answer is late once it should have come for so long. */
const LATE_MS = 2_000;

/** Whether what is known is of before, and the answer that is awaited now has not come: the page was hidden, or the API is slow. */
export const isLate = ({ data, failure, nextMs }: View<unknown>, nowMs: number): boolean =>
  data !== undefined && failure === undefined && nextMs !== undefined && nowMs > nextMs + LATE_MS;
