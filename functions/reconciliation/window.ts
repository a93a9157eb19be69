import * as z from 'zod';
import { AUDITED } from './records.ts';

/** What is read, in this order: the provider's payment intents, then each table. */
export const SOURCES = ['provider', ...AUDITED] as const;

/** How far a run came: the source that it was reading, and the last of its entries that it has compared. */
const Cursor = z.object({ source: z.enum(SOURCES), after: z.string().min(1).optional() });
export type Cursor = Readonly<z.infer<typeof Cursor>>;

const DAY_MS = 24 * 3_600_000;

/** What has changed in the last quarter of an hour may not have ended yet. */
export const SETTLE_MS = 15 * 60_000;

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/**
 * The event of a run: the schedule's, which says when the run is due and how many days ago its day ended, or a window,
 * and perhaps the cursor that an earlier run ended with.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const Event = z.looseObject({
  time: Time.optional(),
  daysAgo: z.int().min(0).default(0),
  from: Time.optional(),
  to: Time.optional(),
  cursor: Cursor.optional(),
});

export interface Window {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly cursor: Cursor;
}

/**
 * Without a time of its own, the day that ended a quarter of an hour before the run was due: the windows of daily runs
 * touch each other, however late each run is.
 *
 * @throws Error if the event has another shape, or the window ends before it begins
 */
export function windowOf(event: unknown, nowMs: number): Window {
  const { time = nowMs, daysAgo, to, from, cursor = { source: SOURCES[0] } } = Event.parse(event ?? {});
  const toMs = to ?? time - daysAgo * DAY_MS - SETTLE_MS;
  const fromMs = from ?? toMs - DAY_MS;
  if (fromMs >= toMs) throw new Error('the window ends before it begins');
  return { fromMs, toMs, cursor };
}
