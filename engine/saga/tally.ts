/**
 * An owner's tally: one item beside its sagas that says how many of them are open, and how many have failed in a row by
 * the owner's own fault. A saga takes a place in the write that begins it, and gives it back in the write that ends it:
 * that is one write each, so it happens once. The record says whether its saga has a place (`isTallied`): one that was
 * begun without gives none back.
 */
import type { Adjustment, Decision } from './decision.ts';
import type { Saga } from './saga.ts';

/** What one owner may do. Infinity: as often as it likes. */
export interface Limits {
  /** How many of its sagas may be open at once. */
  readonly mostOpen: number;
  /** From so many failures in a row on, each is followed by a pause. */
  readonly failuresBeforePause: number;
}

export const TOO_MANY_OPEN = 'too-many-open';
export const PAUSED = 'paused';

/** A saga usually ends within seconds. */
const ASK_AGAIN_MS = 5_000;
/** The first pause; each further failure doubles it. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Whoever has to pause may try with one saga at a time, so each of its failures is followed by a longer pause. */
const OPEN_AFTER_PAUSE = 1;

interface Tally {
  readonly open?: number;
  readonly failures?: number;
  readonly failedAtMs?: number;
}

/** No saga's id has a number sign. */
export const tallyKey = (owner: string): string => `tally#${owner}`;

/** Whom the tally is of. */
export const ownerIn = ({ owner }: Pick<Saga, 'owner'>, data: object): string =>
  String((data as Readonly<Record<string, unknown>>)[owner]);

type Items = (key: string) => object | undefined;

interface Tallied {
  readonly status: string;
  readonly isTallied?: true | undefined;
}

/** The pause after so many failures in a row. */
export function pauseMsAfter(failures: number, { failuresBeforePause }: Limits): number {
  if (failures < failuresBeforePause) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - failuresBeforePause), LONGEST_PAUSE_MS);
}

/** The initiator's decision, with the tally of the saga's owner. `faults`: the codes of the reasons that are its own fault. */
export function tallied<State extends { readonly status: string }, Input extends { readonly type: string }>(
  saga: Pick<Saga, 'owner'>,
  decide: (state: State | undefined, input: Input) => Decision<State>,
  faults: readonly string[],
) {
  return (state: State | undefined, input: Input, items: Items, nowMs: number): Decision<State> => {
    const decision = decide(state, input);
    if (decision.kind !== 'accept') return decision;
    const limits = limitsIn(input);
    if (state === undefined && limits !== undefined) {
      const key = tallyKey(ownerIn(saga, decision.state));
      const taken = taking(key, items(key) ?? {}, limits, nowMs);
      if (taken.kind === 'defer') return taken;
      return { ...decision, state: { ...decision.state, isTallied: true }, adjusts: taken.adjusts };
    }
    const { isTallied, ...untallied }: Tallied = decision.state;
    if (isTallied === undefined || !hasEnded(decision.state)) return decision;
    const key = tallyKey(ownerIn(saga, decision.state));
    return {
      ...decision,
      state: untallied as State,
      adjusts: givingBack(key, outcomeOf(decision.state, faults), nowMs),
    };
  };
}

/** Only the command to place carries limits, and only if its owner has any. */
const limitsIn = (input: object): Limits | undefined => (input as { readonly limits?: Limits }).limits;

type Taken =
  | Extract<Decision<never>, { readonly kind: 'defer' }>
  | { readonly kind: 'taken'; readonly adjusts: readonly Adjustment[] };

function taking(key: string, tally: Tally, limits: Limits, nowMs: number): Taken {
  const { open = 0, failures = 0, failedAtMs = 0 } = tally;
  const pauseMs = pauseMsAfter(failures, limits);
  // By clocks that differ, a failure may be yet to come: nobody waits for longer than the pause.
  const leftMs = Math.min(failedAtMs + pauseMs - nowMs, pauseMs);
  if (leftMs > 0) return { kind: 'defer', reason: PAUSED, afterMs: leftMs };
  const mostOpen = pauseMs > 0 ? Math.min(OPEN_AFTER_PAUSE, limits.mostOpen) : limits.mostOpen;
  if (open >= mostOpen) return { kind: 'defer', reason: TOO_MANY_OPEN, afterMs: ASK_AGAIN_MS };
  const place: Adjustment = { key, attribute: 'open', delta: 1, atMost: mostOpen };
  // A tally that was not looked at has too few failures for a pause, or the write shows it.
  const still =
    pauseMs > 0
      ? { atMost: Number.POSITIVE_INFINITY, relyingOn: { failures, failedAtMs } }
      : { atMost: limits.failuresBeforePause - 1 };
  return { kind: 'taken', adjusts: [place, { key, attribute: 'failures', delta: 0, ...still }] };
}

type End = 'success' | 'fault' | 'other failure';

function outcomeOf(
  ended: { readonly status: string; readonly reason?: unknown },
  faults: readonly string[],
): End {
  if (ended.status === 'CONFIRMED') return 'success';
  const { code } = ended.reason as { readonly code: string };
  return faults.includes(code) ? 'fault' : 'other failure';
}

const hasEnded = ({ status }: { readonly status: string }): boolean =>
  status === 'CONFIRMED' || status === 'CANCELLED';

/** A saga has to be able to end, so nothing is asked of the tally that it gives its place back to. */
function givingBack(key: string, end: End, nowMs: number): readonly Adjustment[] {
  const place = { key, attribute: 'open', delta: -1, atMost: Number.POSITIVE_INFINITY };
  switch (end) {
    case 'success':
      return [{ ...place, sets: { failures: 0 } }];
    case 'fault':
      return [
        { ...place, sets: { failedAtMs: nowMs } },
        { key, attribute: 'failures', delta: 1, atMost: Number.POSITIVE_INFINITY },
      ];
    case 'other failure':
      return [place];
    default:
      return end satisfies never;
  }
}
