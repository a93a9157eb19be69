import type { Adjustment, Decision } from '../../../../engine/saga/decision.ts';
import type { Limits } from '../../../../engine/saga/tally.ts';
import { bugsIn } from '../planter/bug.ts';

interface State {
  readonly status: string;
  readonly customerId: string;
  readonly reason?: { readonly code: string };
}
type Decide = (
  state: State | undefined,
  input: { readonly type: string },
  ...rest: unknown[]
) => Decision<State>;
type Tallied = (...of: unknown[]) => Decide;
type GivingBack = (key: string, end: string, nowMs: number) => readonly Adjustment[];
type MostOf = (level: { readonly available: number }, limits: object) => number;
type Taken = Decision<never> | { readonly kind: 'taken'; readonly adjusts: readonly Adjustment[] };
type Taking = (key: string, tally: object, limits: Limits, nowMs: number) => Taken;

/** How an owner's sagas are counted. */
export const tallyBugs = [
  ...bugsIn('engine/saga/tally.ts', [
    {
      name: 'a place given back twice',
      in: 'givingBack',
      plant:
        (original: GivingBack): GivingBack =>
        (...of) =>
          original(...of).map((each) => (each.attribute === 'open' ? { ...each, delta: -2 } : each)),
    },
    {
      name: 'a place never given back after the deadline',
      in: 'tallied',
      plant:
        (original: Tallied): Tallied =>
        (...of) => {
          const decide = original(...of);
          return (...asked) => {
            const decision = decide(...asked);
            if (decision.kind !== 'accept' || decision.state.reason?.code !== 'DEADLINE') return decision;
            const { adjusts: _, ...kept } = decision;
            return kept;
          };
        },
    },
    {
      name: 'a place taken again by a repeated request',
      in: 'tallied',
      plant:
        (original: Tallied): Tallied =>
        (...of) => {
          const decide = original(...of);
          return (state, input, ...rest) => {
            const decision = decide(state, input, ...rest);
            if (state === undefined || input.type !== 'place' || decision.kind !== 'repeat') return decision;
            const place = { attribute: 'open', delta: 1, atMost: Number.POSITIVE_INFINITY };
            return { kind: 'accept', state, adjusts: [{ key: `tally#${state.customerId}`, ...place }] };
          };
        },
    },
    {
      name: 'a saga that took no place gives one back',
      in: 'tallied',
      plant:
        (original: Tallied): Tallied =>
        (...of) => {
          const decide = original(...of);
          return (state, input, ...rest) => {
            const decision = decide(state, input, ...rest);
            if (decision.kind !== 'accept' || decision.adjusts !== undefined) return decision;
            if (!['CONFIRMED', 'CANCELLED'].includes(decision.state.status)) return decision;
            const place = { attribute: 'open', delta: -1, atMost: Number.POSITIVE_INFINITY };
            return { ...decision, adjusts: [{ key: `tally#${decision.state.customerId}`, ...place }] };
          };
        },
    },
    {
      name: 'more open at once than may be, where two requests come at once',
      in: 'taking',
      plant:
        (original: Taking): Taking =>
        (...of) => {
          const taken = original(...of);
          if (taken.kind !== 'taken') return taken;
          const adjusts = taken.adjusts.map((each) => ({ ...each, atMost: Number.POSITIVE_INFINITY }));
          return { kind: 'taken', adjusts };
        },
    },
    {
      name: 'the pause after failures forgotten',
      in: 'taking',
      plant:
        (original: Taking): Taking =>
        (key, tally, limits, nowMs) =>
          original(key, tally, { ...limits, failuresBeforePause: Number.POSITIVE_INFINITY }, nowMs),
    },
    {
      name: 'as many at once after a pause as ever',
      in: 'OPEN_AFTER_PAUSE',
      plant: () => 1_000,
    },
    {
      name: 'a success does not end the failures in a row',
      in: 'givingBack',
      plant:
        (original: GivingBack): GivingBack =>
        (key, end, nowMs) =>
          original(key, end === 'success' ? 'other failure' : end, nowMs),
    },
  ]),
  ...bugsIn('engine/batch/view.ts', [
    {
      name: 'whoever repeats a request is told to come later',
      in: 'View.doubt',
      plant: () => () => false,
    },
  ]),
  ...bugsIn('engine/batch/commit.ts', [
    {
      name: 'a success that follows a failure in one batch forgotten',
      in: 'sumOf',
      plant:
        (original: (sum: object | undefined, of: Adjustment) => object) =>
        (sum: object | undefined, { sets, ...of }: Adjustment) =>
          original(sum, sum === undefined && sets !== undefined ? { ...of, sets } : of),
    },
  ]),
  ...bugsIn('functions/inventory/decide.ts', [
    {
      name: 'one order takes all there is',
      in: 'mostOf',
      plant: () => () => Number.POSITIVE_INFINITY,
    },
    {
      name: 'refused for a share that is not too large',
      in: 'mostOf',
      plant:
        (original: MostOf): MostOf =>
        (level, limits) =>
          original({ available: level.available / 4 }, limits),
    },
  ]),
  ...bugsIn('functions/inventory/availability.ts', [
    {
      name: 'customers are shown how many there are',
      in: 'stockFor',
      plant: () => (_: object, stock: object) => stock,
    },
  ]),
];
