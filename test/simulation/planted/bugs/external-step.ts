import type { Decision } from '../../../../engine/saga/decision.ts';
import type { AnyFact } from '../../../../engine/saga/declaration.ts';
import type { Answer, Call, ExternalState } from '../../../../engine/saga/external-state.ts';
import { bugsIn } from '../planter/bug.ts';

type State = ExternalState | undefined;
type Decided = Decision<ExternalState, Call>;
type Decide = (state: State, input: AnyFact | Answer) => Decided;
type Look = (state: State, at: 'call' | 'aftermath') => Decided;
type Resolve = (state: State, resolution: object) => Decided;
type Impasse = (state: ExternalState, impasse: object) => Decided;
type RefusedBy = (state: ExternalState, answer: object) => Decided;
type Hear = (state: State, fact: AnyFact) => Decided;
type Undo = (state: State, owner: object) => Decided;
type Answered = (state: State, answer: object) => Decided;
type Intend = (heard: object, request: object) => Decided;
type Prepared = (state: State, input: Answer) => Decided;
type Pick = (state: object) => object;
type Leave = (owner: object) => Decided;

/** A step that asks the outside: in the shop, what charges. */
export const externalStepBugs = [
  ...bugsIn('engine/saga/external-decision.ts', [
    {
      name: 'an answer of the provider not written',
      in: 'Machine.decide',
      plant:
        (original: Decide): Decide =>
        (state, input) =>
          'answer' in input && state !== undefined ? { kind: 'repeat' } : original(state, input),
    },
    {
      name: 'a charge asked for without being written',
      in: 'Machine.#intend',
      plant:
        (original: Intend): Intend =>
        (heard, request) => {
          const decided = original(heard, request);
          if (decided.kind !== 'accept' || decided.effect === undefined) return decided;
          return { kind: 'resume', effect: decided.effect };
        },
    },
    {
      name: 'a charge begun anew by whoever prepared it too late',
      in: 'Machine.#prepared',
      plant:
        (original: Prepared): Prepared =>
        (_, input) =>
          original(undefined, input),
    },
    {
      name: 'tombstone of a void ignored',
      in: 'Machine.decide',
      plant:
        (original: Decide): Decide =>
        (state, input) =>
          original(
            state?.status === 'VOIDED' && ('heard' in input || input.type === 'stock.reserved')
              ? undefined
              : state,
            input,
          ),
    },
    {
      name: 'a charge of which no answer is known not asked for again',
      in: 'Machine.#hear',
      plant:
        (original: Hear): Hear =>
        (state, fact) =>
          state?.status === 'CHARGING' ? { kind: 'repeat' } : original(state, fact),
    },
    {
      name: 'a decline answers nothing when it is asked again',
      in: 'Machine.#hear',
      plant:
        (original: Hear): Hear =>
        (state, fact) =>
          state?.status === 'DECLINED' ? { kind: 'ignore', reason: 'declined' } : original(state, fact),
    },
    {
      name: 'charged again although it was captured',
      in: 'Machine.decide',
      plant:
        (original: Decide): Decide =>
        (state, input) =>
          original(
            state?.status === 'CAPTURED' && ('heard' in input || input.type === 'stock.reserved')
              ? undefined
              : state,
            input,
          ),
    },
    {
      name: 'captured money voided instead of refunded',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          original(state?.status === 'CAPTURED' ? undefined : state, owner),
    },
    {
      name: 'a void forgets the charge that is under way',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          original(state?.status === 'CHARGING' ? undefined : state, owner),
    },
    {
      name: 'no tombstone where there is nothing to void',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          state === undefined ? { kind: 'ignore', reason: 'nothing to void' } : original(state, owner),
    },
    {
      name: 'a charge that is being voided not looked for first',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) => {
          const decided = original(state, owner);
          if (decided.kind !== 'accept' || decided.effect === undefined) return decided;
          return { ...decided, effect: { ...decided.effect, again: false } };
        },
    },
    {
      name: 'an interrupted refund not resumed',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          state?.status === 'REFUNDING' ? { kind: 'ignore', reason: 'under way' } : original(state, owner),
    },
    {
      name: 'an interrupted void not resumed',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          state?.status === 'VOIDING' ? { kind: 'ignore', reason: 'under way' } : original(state, owner),
    },
    {
      name: 'refunded again after it was refunded',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          original(state?.status === 'REFUNDED' ? { ...state, status: 'CAPTURED' } : state, owner),
    },
    {
      name: 'a charge that succeeded while it was being voided kept',
      in: 'Machine.#answeredDone',
      plant:
        (
          original: Answered,
          {
            undo,
            facts,
          }: { readonly undo: { readonly void: Leave }; readonly facts: { readonly ownerIn: Pick } },
        ): Answered =>
        (state, answer) =>
          state?.status === 'VOIDING' ? undo.void(facts.ownerIn(state)) : original(state, answer),
    },
    {
      name: 'a charge that succeeded while it was being voided counts as captured',
      in: 'Machine.#answeredDone',
      plant:
        (original: Answered): Answered =>
        (state, answer) =>
          original(state?.status === 'VOIDING' ? { ...state, status: 'CHARGING' } : state, answer),
    },
    {
      name: 'a refund that another one began taken for finished',
      in: 'Machine.#answeredDone',
      plant:
        (original: Answered): Answered =>
        (state, answer) =>
          state?.status === 'REFUNDING' ? { kind: 'repeat' } : original(state, answer),
    },
    {
      name: 'a customer who has to act not told',
      in: 'Machine.#answeredWaits',
      plant: () => (): Decided => ({ kind: 'ignore', reason: 'planted' }),
    },
    {
      name: 'a charge that waits for its customer voided without asking the provider',
      in: 'Machine.#failed',
      plant:
        (original: Undo): Undo =>
        (state, owner) =>
          original(state?.status === 'AWAITING_CUSTOMER' ? undefined : state, owner),
    },
    {
      name: 'a charge that waits for its customer not looked at',
      in: 'Machine.#hearAgain',
      plant:
        (original: (state: ExternalState) => Decided): ((state: ExternalState) => Decided) =>
        (state) =>
          state.status === 'AWAITING_CUSTOMER' ? { kind: 'repeat' } : original(state),
    },
    {
      name: 'what others have done about a charge not recorded',
      in: 'Machine.#look',
      plant:
        (original: Look): Look =>
        (state, at) =>
          original(state, state?.status === 'CAPTURED' ? 'call' : at),
    },
  ]),
  ...bugsIn('engine/saga/external-undo.ts', [
    {
      name: 'a void that the decline confirms not said',
      in: 'Undo.answeredRefused',
      plant:
        (original: Answered): Answered =>
        (state, answer) => {
          const decided = original(state, answer);
          if (state?.status !== 'VOIDING' || decided.kind !== 'accept') return decided;
          return { kind: 'accept', state: decided.state };
        },
    },
    {
      name: 'a decline of what was voided ends as a decline',
      in: 'Undo.answeredRefused',
      plant:
        (original: Answered): Answered =>
        (state, answer) =>
          original(state?.status === 'VOIDING' ? { ...state, status: 'CHARGING' } : state, answer),
    },
    {
      name: 'a refund said to be a void',
      in: 'Undo.answeredUndone',
      plant:
        (original: Answered, { facts }: { readonly facts: { readonly voided: string } }): Answered =>
        (state, answer) => {
          const decided = original(state, answer);
          return decided.kind === 'accept'
            ? { ...decided, says: [{ type: facts.voided, data: {} }] }
            : decided;
        },
    },
    {
      name: 'a void said to be a refund of nothing',
      in: 'Undo.void',
      plant:
        (original: Leave, { facts }: { readonly facts: { readonly undone: string } }): Leave =>
        (owner) => {
          const decided = original(owner);
          const data = { amountMinor: 1, currency: 'EUR', refundId: 're_0' };
          return decided.kind === 'accept' ? { ...decided, says: [{ type: facts.undone, data }] } : decided;
        },
    },
    {
      name: 'a refund begun and not asked for',
      in: 'Undo.start',
      plant:
        (original: (done: ExternalState) => Decided) =>
        (done: ExternalState): Decided => {
          const decided = original(done);
          if (decided.kind !== 'accept') return decided;
          const { effect: _, ...rest } = decided;
          return rest;
        },
    },
    {
      name: 'a refund that the bank has sent back not looked at',
      in: 'Undo.lookAtUndone',
      plant: () => (): Decided => ({ kind: 'ignore', reason: 'planted' }),
    },
    {
      name: 'a charge that was revoked forgotten',
      in: 'Undo.#refusedBy',
      plant:
        (original: RefusedBy): RefusedBy =>
        (state, answer) => {
          const decided = original(state, answer);
          if (decided.kind !== 'accept') return decided;
          const { revoked: _, ...rest } = decided.state;
          return { ...decided, state: rest };
        },
    },
    {
      name: 'a refund that is never made said to be made',
      in: 'Undo.#startImpasse',
      plant:
        (_: Impasse, { undoneBy }: { readonly undoneBy: Impasse }): Impasse =>
        (state) =>
          undoneBy(state, { refundId: 're_0' }),
    },
    {
      name: 'resolved although nothing waits for a person',
      in: 'Undo.resolve',
      plant:
        (original: Resolve): Resolve =>
        (state, resolution) =>
          original(state && { ...state, status: 'REFUNDING', impasse: {} }, resolution),
    },
  ]),
  ...bugsIn('engine/saga/external-facts.ts', [
    {
      name: 'what was charged forgotten once it is answered',
      in: 'StepFacts.kept',
      plant: () => (): object => ({}),
    },
  ]),
];
