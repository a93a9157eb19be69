import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { asking } from './ask.ts';
import { Failure } from './failure.ts';
import type { Ask } from './granted.ts';
import { answered, briskly, failed, type Outcome, type Pace, paceAfter, type View } from './pace.ts';

/** How often a page asks what may change at any moment, and what is dear to ask: dead letters are taken from their queue to be read. */
export const OFTEN_MS = 2_000;
export const SELDOM_MS = 10_000;

/** What was last known under a key, so that a page that is opened again shows something at once. */
const remembered = new Map<string, View<unknown>>();
const MAX_REMEMBERED = 50;

/** What differs in each answer, although nothing has happened. */
const RUNNING_ON = /^at$|Seconds$/;
const gistOf = (data: unknown): string =>
  JSON.stringify(data, (name, value: unknown) => (RUNNING_ON.test(name) ? undefined : value));

/** Those that run now: an act has all of them ask again. */
const running = new Set<() => void>();

const refreshAll = (): void => {
  for (const refresh of running) refresh();
};

let isHeld = false;

/** Asks nothing until what is returned is called: a list of dead letters holds them while an act wants to have them. */
export function hold(): () => void {
  isHeld = true;
  return () => {
    isHeld = false;
    refreshAll();
  };
}

/**
 * What `ask` answers, again and again while the page is visible: stopped when it is hidden, and asked at once when it is seen
 * again. What was known stays while it is asked anew, and when that fails. `key`: names the question.
 */
export function usePoll<T>(
  key: string,
  baseMs: number,
  ask: (ask: Ask) => Promise<T>,
): ReadonlySignal<View<T>> {
  const view = useMemo(() => signal((remembered.get(key) ?? {}) as View<T>), [key]);
  // The question is named by its key.
  useEffect(() => {
    let pace: Pace = briskly(baseMs);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let call: AbortController | undefined;
    let lastGist: string | undefined;

    const settle = (outcome: Outcome, next: (nextMs: number) => View<T>): void => {
      pace = paceAfter(pace, outcome, baseMs);
      view.value = next(Date.now() + pace.delayMs);
      remembered.delete(key);
      remembered.set(key, view.value);
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
      timer = setTimeout(run, pace.delayMs);
    };
    const run = (): void => {
      stop();
      if (document.hidden || isHeld) return;
      const mine = new AbortController();
      call = mine;
      ask(asking(mine.signal)).then(
        (data) => {
          if (mine.signal.aborted) return;
          const gist = gistOf(data);
          const kind = gist === lastGist ? 'same' : 'changed';
          lastGist = gist;
          settle({ kind }, (nextMs) => answered(data, Date.now(), nextMs));
        },
        (error: unknown) => {
          if (mine.signal.aborted) return;
          const { message, retryAfterMs } = error instanceof Failure ? error : new Failure(String(error));
          settle({ kind: 'failed', retryAfterMs }, (nextMs) => failed(view.value, message, nextMs));
        },
      );
    };
    const stop = (): void => {
      clearTimeout(timer);
      call?.abort();
    };
    const refresh = (): void => {
      pace = briskly(baseMs);
      run();
    };
    document.addEventListener('visibilitychange', refresh);
    running.add(refresh);
    refresh();
    return () => {
      document.removeEventListener('visibilitychange', refresh);
      running.delete(refresh);
      stop();
    };
  }, [key]);
  return view;
}
