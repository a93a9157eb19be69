import type { Redriven } from '../../api/calls.ts';
import { Failure } from '../asking/failure.ts';

export type Prospect = Redriven['items'][number];

/** How far an act on many dead letters is. All but `items` count names, of which copies have the same. */
export interface Progress {
  readonly items: readonly Prospect[];
  /** Of so many in all. */
  readonly of: number;
  readonly left: number;
  /** These are not there any more, or another call has held them all the time. */
  readonly gone: number;
  /** Why it ended before all were done. Nobody knows of so many, whose call had no answer, whether they are moved. */
  readonly failure?: { readonly message: string; readonly unsure: number };
}

/** How an act on many is done. */
export interface Course {
  /** At most so many a second. */
  readonly perSecond?: number | undefined;
  /** Ends it after the batch that is under way. */
  readonly signal: AbortSignal;
  readonly tell: (progress: Progress) => void;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
}

type Send = (digests: readonly string[]) => Promise<Pick<Redriven, 'items' | 'more' | 'isWhole'>>;

/** How often, and after how long, those are asked for again that another call holds. */
const MAX_TRIES = 5;
const TRY_AGAIN_MS = 1_000;
/** A batch is as much as is moved in this time. */
const BATCH_SECONDS = 2;

/** Every call reads the whole queue, so a batch is not one dead letter, and as few as the rate lets through in a moment. */
export const batchSize = (most: number, perSecond: number | undefined): number =>
  perSecond === undefined ? most : Math.max(1, Math.min(most, Math.floor(perSecond * BATCH_SECONDS)));

/** A call that finds none of those that it names. */
const NOT_FOUND = 404;

const answerOf: (send: Send, digests: readonly string[]) => ReturnType<Send> = (send, digests) =>
  send(digests).catch((error: unknown) => {
    if (error instanceof Failure && error.status === NOT_FOUND)
      return { items: [], more: false, isWhole: true };
    throw error;
  });

/** Has all of these dealt with, so many at a time, until it is stopped or refused. Tells after each batch how far it is. */
export async function inBatches(
  digests: readonly string[],
  most: number,
  send: Send,
  { perSecond, signal, tell, wait, nowMs }: Course,
): Promise<Progress> {
  const size = batchSize(most, perSecond);
  const startedMs = nowMs();
  let progress: Progress = { items: [], of: digests.length, left: digests.length, gone: 0 };
  let left = digests;
  let tries = 0;
  while (left.length > 0) {
    const dueMs = perSecond === undefined ? 0 : startedMs + (progress.items.length * 1_000) / perSecond;
    if (dueMs > nowMs()) await wait(dueMs - nowMs(), signal);
    if (signal.aborted) break;
    const batch = left.slice(0, size);
    try {
      const { items, more, isWhole } = await answerOf(send, batch);
      const met = new Set(items.map(({ digest }) => digest));
      const unmet = batch.filter((digest) => !met.has(digest));
      tries = met.size > 0 ? 0 : tries + 1;
      const isHeld = !isWhole && tries < MAX_TRIES;
      // It may have had no time for all of them, or another call has some.
      const isAskedAgain = unmet.length > 0 && (isHeld || (more && met.size > 0));
      left = [...(isAskedAgain ? unmet : []), ...left.slice(batch.length)];
      progress = {
        ...progress,
        items: [...progress.items, ...items],
        left: left.length,
        gone: progress.gone + (isAskedAgain ? 0 : unmet.length),
      };
      tell(progress);
      if (isHeld && unmet.length > 0) await wait(TRY_AGAIN_MS, signal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { ...progress, failure: { message: error.message, unsure: batch.length } };
    }
  }
  return progress;
}

/** Ends early when it is stopped. */
export const waiting = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
};
