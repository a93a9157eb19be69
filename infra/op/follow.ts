import { Refusal } from './ask.ts';

/** What one look has found. */
export type Look = 'changed' | 'same' | 'ended';

/** The terminal of a command that goes on until somebody ends it. */
export interface Watch {
  /** One thing that has happened: a line for people, a document for programs. */
  readonly tell: (line: string, document: object) => void;
  readonly complain: (line: string) => void;
  readonly now: () => number;
  /** Ends early when it is interrupted. */
  readonly pause: (ms: number) => Promise<void>;
  readonly isInterrupted: () => boolean;
}

const SHORTEST_MS = 2_000;
/** Where nothing happens, and where nobody answers. */
const LONGEST_MS = { same: 8_000, silent: 30_000 } as const;

/**
 * Looks again and again, less often where nothing happens or nobody answers, until it has ended or is interrupted. What cannot
 * be asked for a while is complained of once.
 *
 * @throws Refusal of the first look, or one that will not pass by itself
 */
export async function follow(look: () => Promise<Look>, watch: Watch): Promise<void> {
  let hasSeen = false;
  let isSilent = false;
  let pauseMs = SHORTEST_MS;
  while (!watch.isInterrupted()) {
    try {
      const found = await look();
      if (found === 'ended') return;
      pauseMs = found === 'changed' || isSilent ? SHORTEST_MS : Math.min(2 * pauseMs, LONGEST_MS.same);
      [hasSeen, isSilent] = [true, false];
    } catch (error) {
      if (watch.isInterrupted()) return;
      if (!hasSeen || !(error instanceof Refusal) || !passes(error)) throw error;
      if (!isSilent) watch.complain(`${error.message.replace(/\.?$/, '.')} It is asked again.`);
      isSilent = true;
      pauseMs = Math.min(2 * pauseMs, LONGEST_MS.silent);
    }
    await watch.pause(pauseMs);
  }
}

/** No answer, too many requests, or a fault on the other side. */
const passes = ({ status = 503 }: Refusal): boolean => status === 429 || status >= 500;
