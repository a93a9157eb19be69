import type { Ask } from '../asking/granted.ts';

/** Something that somebody is about to do. */
export interface Act {
  readonly title: string;
  /** The word on the button that does it. */
  readonly verb: string;
  /** What it would do, line by line, as the API says now. @throws Failure if it can do nothing */
  readonly preview: (ask: Ask) => Promise<readonly string[]>;
  /** Does it, and says what has become of it. @throws Failure */
  readonly run: (ask: Ask, reason: string, how: How) => Promise<readonly string[]>;
  /** It takes its time: a rate may be said, it tells how far it is, and it can be stopped. */
  readonly isLong?: boolean;
}

/** How somebody wants it done. */
export interface How {
  /** At most so many a second; undefined: as fast as it goes. */
  readonly perSecond: number | undefined;
  /** Stops it. */
  readonly signal: AbortSignal;
  readonly tell: (stage: Stage) => void;
}

/** How far an act is. */
export interface Stage {
  readonly done: number;
  readonly of: number;
  readonly text: string;
}
