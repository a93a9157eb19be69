import type { WaitPermits } from './wait-permits.ts';

/** A table is looked at again after so long, and then less and less often. Most sagas end within a second. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 500;
/** A permit stays taken for so long after its time, for the last look. */
const LAST_LOOK_MS = 5_000;

/** What was found, and whether the caller's wish to wait was respected. */
export interface Found<Record> {
  readonly record: Record;
  readonly hasWaited: boolean;
}

/** Reads, and reads again until there is news or so many seconds are over. */
export type WaitForNews = <Record>(
  read: () => Promise<Record>,
  isNews: (record: Record) => boolean,
  seconds: number,
) => Promise<Found<Record>>;

/** Nobody waits. */
export const atOnce: WaitForNews = async (read) => ({ record: await read(), hasWaited: false });

/** Whoever finds no permit is answered at once. */
export const withPermits =
  (permits: () => WaitPermits, now: () => number, pause: (ms: number) => Promise<unknown>): WaitForNews =>
  async (read, isNews, seconds) => {
    let record = await read();
    if (seconds === 0 || isNews(record)) return { record, hasWaited: seconds > 0 };
    const startedMs = now();
    const leftMs = () => startedMs + seconds * 1_000 - now();
    const giveBack = await permits().take(startedMs, seconds * 1_000 + LAST_LOOK_MS);
    if (giveBack === undefined) return { record, hasWaited: false };
    try {
      let pauseMs = FIRST_PAUSE_MS;
      while (!isNews(record) && leftMs() > 0) {
        await pause(Math.min(pauseMs, leftMs()));
        record = await read();
        pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
      }
    } finally {
      await giveBack();
    }
    return { record, hasWaited: true };
  };
