import type { Decision } from '../saga/decision.ts';
import { seal } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord, Table } from '../saga/table.ts';
import { eventMessage, type OutgoingMessage } from './messages.ts';
import type { Participant, Work } from './participant.ts';
import { fromItem, next, toItem } from './record.ts';
import type { Change, View } from './view.ts';

/** Work that is still to be decided on. Its input is the answer to its effect once there is one. */
export interface Open<Input> {
  readonly work: Work<Input>;
  readonly input: Input;
  /** How often it was decided on in vain. */
  readonly tries: number;
}

type Accepted<State, Effect> = Extract<Decision<State, Effect>, { kind: 'accept' }>;

/** What is to be written for a job, and what follows. */
export interface Decided<State, Effect, Job> extends Change {
  readonly job: Job;
  readonly record: SagaRecord<State>;
  readonly effect: Effect | undefined;
  readonly says: readonly OutgoingMessage[] | undefined;
}

/** A decision that leaves the record as it is. */
export interface NoChange<State, Effect, Job> {
  readonly kind: 'no change';
  readonly job: Job;
  readonly before: SagaRecord<State> | undefined;
  readonly decision: Exclude<Decision<State, Effect>, Accepted<State, Effect>>;
}

/** What was decided on a job. Unfounded: on an item that is only remembered, and that no write of it will check. */
export type JobDecision<State, Effect, Job> = { readonly job: Job; readonly isUnfounded: boolean } & (
  | { readonly kind: 'change'; readonly change: Decided<State, Effect, Job> }
  | NoChange<State, Effect, Job>
  | { readonly kind: 'error'; readonly error: unknown }
);

/**
 * Decides on each job as if all before it had succeeded, and drafts what they change in the view.
 * @throws StoreUnavailableError
 */
export async function decideBatch<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
  Job extends Open<Input>,
>(
  participant: Participant<State, Input, Effect>,
  jobs: readonly Job[],
  view: View,
  now: () => number,
): Promise<readonly JobDecision<State, Effect, Job>[]> {
  const own = jobs.map(({ work }) => participant.table.key(work.sagaId));
  const shared = jobs.flatMap(({ input }) => participant.reads?.(input) ?? []);
  for (const { work, input, tries } of jobs) {
    // A first contact that lost its race finds the stored item in the view, put there by the refusal.
    if (input.type !== participant.opens || tries > 0) continue;
    view.presumeAbsent(participant.table.key(work.sagaId));
  }
  const decideAll = async () => {
    await view.load(own, shared);
    view.beginDraft();
    return jobs.map((job) => decideOn(participant, job, view, now));
  };
  const decisions = await decideAll();
  if (!decisions.some(({ isUnfounded }) => isUnfounded)) return decisions;
  // All of them, since what a counter has is given out in the order in which it was asked for.
  view.forgetRemembered();
  return await decideAll();
}

function decideOn<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
  Job extends Open<Input>,
>(
  participant: Participant<State, Input, Effect>,
  job: Job,
  view: View,
  now: () => number,
): JobDecision<State, Effect, Job> {
  const { table } = participant;
  const remembered = new Set<string>();
  try {
    const stored = view.get(table.key(job.work.sagaId));
    const before = stored && fromItem(table, stored);
    const decision = participant.decide(before?.state, job.input, (key) => {
      if (view.isRemembered(key)) remembered.add(key);
      return view.get(key);
    });
    if (decision.kind !== 'accept') {
      return { job, kind: 'no change', before, decision, isUnfounded: remembered.size > 0 };
    }
    for (const { key } of decision.adjusts ?? []) remembered.delete(key);
    const change = changeOf(participant, job, before, decision, now());
    view.draft(change);
    return { job, kind: 'change', change, isUnfounded: remembered.size > 0 };
  } catch (error) {
    return { job, kind: 'error', error, isUnfounded: remembered.size > 0 };
  }
}

function changeOf<
  State extends { readonly status: string },
  Effect,
  Job extends Open<{ readonly type: string }>,
>(
  { saga, table }: { readonly saga: Saga; readonly table: Table<State> },
  job: Job,
  before: SagaRecord<State> | undefined,
  { state, says: facts, effect, adjusts = [] }: Accepted<State, Effect>,
  nowMs: number,
): Decided<State, Effect, Job> {
  const { sagaId, traceparent } = job.work;
  const events = facts?.map((fact) => seal(saga, fact, { sagaId, nowMs, traceparent }));
  const says = events?.map((event) => eventMessage(saga, event, JSON.stringify(event)));
  const outbox = says?.map(({ body }) => body);
  const record = next(table, before, { sagaId, state, outbox, because: job.input.type, nowMs });
  const expects = before === undefined ? 'absent' : { version: before.version };
  return { job, item: toItem(table, record), expects, adjusts, record, effect, says };
}
