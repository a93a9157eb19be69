import type { Work } from '../../../../engine/batch/participant.ts';
import type { Outcome } from '../../../../engine/batch/run.ts';
import { bugsIn } from '../planter/bug.ts';

interface State {
  readonly status: string;
}
interface Place {
  readonly type: string;
  readonly placed: object;
}

/** Requests that are carried out together. */
export const togetherBugs = bugsIn('engine/batch/together.ts', [
  {
    name: 'a request given the outcome of another one',
    in: 'together.outcome',
    plant: (_: unknown, { outcomes }: { readonly outcomes: readonly unknown[] }) => outcomes[0],
  },
  {
    name: 'requests beside the first one forgotten',
    in: 'together',
    at: { call: 'waiting.splice' },
    plant: (original: () => readonly unknown[]) => original().slice(0, 1),
  },
  {
    name: 'no group after the first one',
    in: 'together.next',
    plant: () => () => {},
  },
  {
    name: 'requests answered before they are stored',
    in: 'together',
    at: { call: 'waiting.push' },
    plant: (
      original: () => number,
      { work, resolve }: { readonly work: Work<Place>; readonly resolve: (outcome: Outcome<State>) => void },
    ) => {
      if (original() === 1) return;
      const state = { ...work.input.placed, status: 'PENDING', answered: [] };
      const record = {
        sagaId: work.sagaId,
        version: 1,
        state,
        outbox: [],
        history: [],
        updatedAtMs: 0,
        format: 1,
      };
      resolve({ kind: 'ignored', reason: 'soon', record });
    },
  },
]);
