import type { Bug } from '../simulation/planted/planter/bug.ts';

/** What is planted at once, and what is found of it, where that matters. */
export interface Planted {
  readonly bugs: readonly Bug[];
  readonly flaw?: RegExp;
}

interface State {
  readonly status?: string;
  readonly isUntold?: true;
}
interface Input {
  readonly type: string;
  readonly answer?: object;
}
interface Decision {
  readonly kind: string;
  readonly reason?: string;
  readonly state?: State;
  readonly says?: readonly unknown[];
  readonly effect?: { readonly call: string };
}
type Decide = (state: State | undefined, input: Input) => Decision;
type Make = (outside: unknown) => { readonly decide: Decide };
type Nudge = (state: State, command: unknown) => Decision;
type HeardIn = (saga: { takesPart(service: string): boolean }) => readonly { readonly service: string }[];

const inFile = (file: string, where: string, { plant, at }: Pick<Bug, 'plant' | 'at'>): Bug => ({
  name: where,
  file,
  in: where,
  plant,
  ...(at === undefined ? {} : { at }),
});

/** Bugs of a step's own: what becomes of a decision that was right. */
export const stepBugs = (file: string, code: string): Readonly<Record<string, Planted>> => {
  const own = (plant: Bug['plant']): Planted => ({ bugs: [inFile(file, code, { plant })] });
  return {
    'a refusal is taken for a success': own(
      (make: Make): Make =>
        (outside) => {
          const { decide, ...participant } = make(outside);
          return {
            ...participant,
            decide: (state, input) =>
              decide(state, input.type === 'call.refused' ? { ...input, type: 'call.done' } : input),
          };
        },
    ),
    'what was done is said to be undone and is not': own(
      (make: Make): Make =>
        (outside) => {
          const { decide, ...participant } = make(outside);
          return {
            ...participant,
            decide: (state, input) => {
              const decision = decide(state, input);
              return decision.effect?.call === 'undo'
                ? decide({ ...state, status: 'UNDOING' }, { type: 'undo.done', answer: {} })
                : decision;
            },
          };
        },
    ),
    'nobody is told that it is done': own(
      (make: Make): Make =>
        (outside) => {
          const { decide, ...participant } = make(outside);
          return {
            ...participant,
            decide: (state, input) => {
              const decision = decide(state, input);
              return decision.state?.status === 'DONE' ? { ...decision, says: [] } : decision;
            },
          };
        },
    ),
    'no tombstone is left': own(
      (make: Make): Make =>
        (outside) => {
          const { decide, ...participant } = make(outside);
          return {
            ...participant,
            decide: (state, input) => {
              const decision = decide(state, input);
              return decision.state?.status === 'VOID' ? { kind: 'ignore', reason: 'a bug' } : decision;
            },
          };
        },
    ),
  };
};

/** Bugs that show only where somebody hears how a saga ends: the engine's, and the listener's own. */
export const listenerBugs = (file: string, code: string): Readonly<Record<string, Planted>> => ({
  'an outcome counts as told before its publication is confirmed': {
    bugs: [
      inFile('engine/batch/run.ts', 'Run.#finish', {
        at: { argument: 0, of: 'this.#goOnWith' },
        plant: (
          _original: unknown,
          { input, published }: { readonly input: unknown; readonly published: Promise<void> },
        ) => {
          published.catch(() => {});
          return Promise.resolve(input);
        },
      }),
    ],
  },
  'an outcome counts as told though its publication failed': {
    bugs: [
      inFile('engine/batch/run.ts', 'Run.#finish', {
        at: { argument: 0, of: 'this.#goOnWith' },
        plant: (original: Promise<unknown>, { input }: { readonly input: unknown }) =>
          original.catch(() => input),
      }),
    ],
    flaw: /outcome was not said|nobody was told/,
  },
  'an outcome that was not told is not said again': {
    bugs: [
      inFile('engine/saga/initiator.ts', 'Initiator.#nudge', {
        plant:
          (nudge: Nudge): Nudge =>
          (state, command) =>
            state.isUntold ? { kind: 'ignore', reason: 'a bug' } : nudge(state, command),
      }),
    ],
  },
  'an outcome that nobody hears is told, too': {
    bugs: [
      inFile('engine/saga/initiator.ts', 'Initiator.#untold', { plant: () => () => ({ isUntold: true }) }),
    ],
    flaw: /no such step: CANCELLED told CANCELLED/,
  },
  'an outcome is said, and reaches no listener': {
    bugs: [
      inFile('engine/saga/define-saga.ts', 'defineSaga.listenedTo', { plant: () => new Set() }),
      inFile('infra/broker/hearing.ts', 'heardIn', {
        plant:
          (heardIn: HeardIn): HeardIn =>
          (saga) =>
            heardIn(saga).filter(({ service }) => saga.takesPart(service)),
      }),
    ],
    flaw: /is absent of \S+, which is CONFIRMED/,
  },
  'a listener says that it is done before it has asked anybody': {
    bugs: [
      inFile(file, code, {
        plant:
          (make: Make): Make =>
          (outside) => {
            const { decide, ...participant } = make(outside);
            return {
              ...participant,
              decide: (state, input) => {
                const decision = decide(state, input);
                return decision.effect === undefined
                  ? decision
                  : decide({ ...decision.state, status: 'ASKING' }, { type: 'call.done', answer: {} });
              },
            };
          },
      }),
    ],
  },
  'a listener ignores the outcome': {
    bugs: [
      inFile(file, code, {
        plant:
          (make: Make): Make =>
          (outside) => ({ ...make(outside), decide: () => ({ kind: 'ignore', reason: 'a bug' }) }),
      }),
    ],
  },
});
