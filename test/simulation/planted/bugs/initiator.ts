import type { Decision } from '../../../../engine/saga/decision.ts';
import type { AnyFact } from '../../../../engine/saga/declaration.ts';
import type { Begun, InitiatorState, Reason } from '../../../../engine/saga/initiator.ts';
import type { Saga } from '../../../../engine/saga/saga.ts';
import { bugsIn } from '../planter/bug.ts';

type State = InitiatorState<Begun, object>;
type Pending = Extract<State, { readonly status: 'PENDING' }>;
type Cancelling = Extract<State, { readonly status: 'CANCELLING' }>;
type Decided = Decision<State>;
type Hear = (state: State, fact: AnyFact) => Decided;
type Cancel = (state: State, by: string) => Decided;
type Answered = (state: State, answer: string) => Decided;
type Nudge = (state: State, time: { readonly nowMs: number; readonly deadlineMs: number }) => Decided;
type WaitOrEnd = (state: Cancelling, says?: readonly AnyFact[]) => Decided;
type StartCancelling = (state: Pending, code: string) => Decided;
type PlacedAgain = (state: State, placed: Begun) => Decided;
type WithAnswerOf = (by: string, state: Pending | Cancelling) => Pending | Cancelling;

/** How the initiator ends a saga. */
export const initiatorBugs = bugsIn('engine/saga/initiator.ts', [
  {
    name: 'what was done for a saga that nobody has placed kept',
    in: 'Initiator.#hearOfUnknown',
    plant:
      (original: (fact: AnyFact) => Decided) =>
      (fact: AnyFact): Decided => {
        const decided = original(fact);
        return decided.kind === 'refuse' ? { kind: 'refuse', reason: decided.reason } : decided;
      },
  },
  {
    name: 'confirmed from any state',
    in: 'Initiator.#completed',
    plant:
      (original: Hear): Hear =>
      (state, fact) =>
        original({ ...state, status: 'PENDING', answered: [] }, fact),
  },
  {
    name: 'a late success confirms a cancelling order',
    in: 'Initiator.#completed',
    plant:
      (original: Hear): Hear =>
      (state, fact) =>
        original(state.status === 'CANCELLING' ? { ...state, status: 'PENDING', answered: [] } : state, fact),
  },
  {
    name: 'a confirmed order can be cancelled',
    in: 'Initiator.#cancel',
    plant:
      (original: Cancel): Cancel =>
      (state, by) =>
        original(state.status === 'CONFIRMED' ? { ...state, status: 'PENDING', answered: [] } : state, by),
  },
  {
    name: 'a cancelled order goes back to pending',
    in: 'Initiator.#answered',
    plant:
      (original: Answered): Answered =>
      (state, answer) =>
        state.status === 'CANCELLED'
          ? { kind: 'accept', state: { ...state, status: 'PENDING', answered: [] } }
          : original(state, answer),
  },
  {
    name: 'a cancel acknowledged and not done',
    in: 'Initiator.#cancel',
    plant:
      (original: Cancel): Cancel =>
      (state, by) =>
        state.status === 'PENDING' && by !== 'OPERATOR' ? { kind: 'repeat' } : original(state, by),
  },
  {
    name: 'cancelled with a reason of its own',
    in: 'Initiator.#startCancelling',
    plant:
      (original: StartCancelling): StartCancelling =>
      (state) =>
        original(state, 'OPERATOR'),
  },
  {
    name: 'deadline ignored',
    in: 'Initiator.#nudge',
    plant:
      (original: Nudge): Nudge =>
      (state, { nowMs }) =>
        original(state, { nowMs, deadlineMs: Number.POSITIVE_INFINITY }),
  },
  {
    name: 'deadline passed too early',
    in: 'Initiator.#nudge',
    plant:
      (original: Nudge): Nudge =>
      (state, { nowMs, deadlineMs }) =>
        original(state, { nowMs, deadlineMs: deadlineMs / 10 }),
  },
  {
    name: 'the deadline passes and the order ends at once',
    in: 'Initiator.#nudge',
    plant:
      (original: Nudge, { failed }: { readonly failed: Hear }): Nudge =>
      (state, time) =>
        state.status === 'PENDING' && time.nowMs - state.createdAtMs >= time.deadlineMs
          ? failed(state, { type: 'stock.rejected', data: { code: 'DEADLINE' } })
          : original(state, time),
  },
  {
    name: 'a nudge does not ask again whoever has not answered a decline',
    in: 'Initiator.#nudge',
    plant:
      (original: Nudge): Nudge =>
      (state, time) =>
        state.status === 'CANCELLING' ? { kind: 'repeat' } : original(state, time),
  },
  {
    name: 'cancelled before the compensations are confirmed',
    in: 'Initiator.#waitOrEnd',
    plant:
      (original: WaitOrEnd, { saga }: { readonly saga: Saga }): WaitOrEnd =>
      (state, says) =>
        original({ ...state, answered: saga.services }, says),
  },
  {
    name: 'one answer enough for a cancellation',
    in: 'Initiator.#waitOrEnd',
    plant:
      (original: WaitOrEnd, { saga }: { readonly saga: Saga }): WaitOrEnd =>
      (state, says) =>
        original(state.answered.length > 0 ? { ...state, answered: saga.services } : state, says),
  },
  {
    name: 'cancelled at once when payment declines',
    in: 'Initiator.#waitOrEnd',
    plant:
      (original: WaitOrEnd): WaitOrEnd =>
      (state, says) =>
        original(
          state.failure === 'payment.declined' ? { ...state, failure: 'stock.rejected' } : state,
          says,
        ),
  },
  {
    name: 'the outcome not said',
    in: 'Initiator.#waitOrEnd',
    plant:
      (original: WaitOrEnd): WaitOrEnd =>
      (state, says) => {
        const decided = original(state, says);
        const isEnd = decided.kind === 'accept' && decided.state.status === 'CANCELLED';
        return isEnd ? { ...decided, says: [] } : decided;
      },
  },
  {
    name: 'an answer that came before the failure not counted',
    in: 'Initiator.#answered',
    plant:
      (original: Answered): Answered =>
      (state, answer) =>
        state.status === 'PENDING'
          ? { kind: 'ignore', reason: 'nothing is being cancelled' }
          : original(state, answer),
  },
  {
    name: 'answers forgotten',
    in: 'withAnswerOf',
    plant:
      (_: WithAnswerOf): WithAnswerOf =>
      (_by, state) =>
        state,
  },
  {
    name: 'an answer taken for that of whoever answered before',
    in: 'withAnswerOf',
    plant:
      (original: WithAnswerOf): WithAnswerOf =>
      (by, state) =>
        original(state.answered[0] ?? by, state),
  },
  {
    name: 'the last answer taken for all of them',
    in: 'withAnswerOf',
    plant:
      (original: WithAnswerOf): WithAnswerOf =>
      (by, state) =>
        original(by, { ...state, answered: [] }),
  },
  {
    name: 'a failure is no answer of whoever failed',
    in: 'Initiator.#failed',
    at: { call: 'withAnswerOf' },
    plant: (_: () => State, { state }: { readonly state: State }) => state,
  },
  {
    name: 'a second failure counts as everyone’s answer',
    in: 'Initiator.#failed',
    plant:
      (original: Hear, { saga, waitOrEnd }: { readonly saga: Saga; readonly waitOrEnd: WaitOrEnd }): Hear =>
      (state, fact) =>
        state.status === 'CANCELLING'
          ? waitOrEnd({ ...state, answered: saga.services })
          : original(state, fact),
  },
  {
    name: 'a failure leaves the order pending',
    in: 'Initiator.#failed',
    plant:
      (original: Hear): Hear =>
      (state, fact) =>
        state.status === 'PENDING' ? { kind: 'repeat' } : original(state, fact),
  },
  {
    name: 'a reason replaced by a later failure',
    in: 'Initiator.#failed',
    plant:
      (original: Hear): Hear =>
      (state, fact) =>
        original(
          state.status === 'CANCELLING' ? { ...state, reason: { code: 'PARTICIPANT_FAILED' } } : state,
          fact,
        ),
  },
  {
    name: 'cancelled for no reason that is told',
    in: 'Initiator.#reasonOf',
    plant: () => (): Reason => ({ code: 'OUT_OF_STOCK' }),
  },
  {
    name: 'idempotency fingerprint ignored',
    in: 'placedAgain',
    plant:
      (original: PlacedAgain): PlacedAgain =>
      (state, placed) =>
        original(state, { ...placed, fingerprint: state.fingerprint }),
  },
  {
    name: 'placed again with another body: the new one stored',
    in: 'placedAgain',
    plant:
      (original: PlacedAgain): PlacedAgain =>
      (state, placed) =>
        placed.fingerprint === state.fingerprint
          ? original(state, placed)
          : { kind: 'accept', state: { ...state, fingerprint: placed.fingerprint } },
  },
  {
    name: 'the failure that cancels an order not said',
    in: 'Initiator.#escalate',
    plant:
      (_: unknown, { saga, waitOrEnd }: { readonly saga: Saga; readonly waitOrEnd: WaitOrEnd }) =>
      (state: Omit<Cancelling, 'failure'>): Decided =>
        waitOrEnd({ ...state, failure: saga.initiation.cancels } as Cancelling, []),
  },
  {
    name: 'whom an order waits for not shown',
    in: 'Initiator.#waits',
    plant: () => (): Decided => ({ kind: 'ignore', reason: 'planted' }),
  },
  {
    name: 'a person who has to undo what nobody else can not shown',
    in: 'Initiator.#stuck',
    plant: () => (): Decided => ({ kind: 'ignore', reason: 'planted' }),
  },
  {
    name: 'whom an order waited for shown for ever',
    in: 'goneOn',
    plant:
      (_: WithAnswerOf): WithAnswerOf =>
      (_by, state) =>
        state,
  },
]);
