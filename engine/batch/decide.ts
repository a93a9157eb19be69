import type { Decision } from '../saga/decision.ts';
import { seal } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord, Table } from '../saga/table.ts';
import { eventMessage, type OutgoingMessage } from './messages.ts';
import type { Participant, Work } from './participant.ts';
import { fromItem, next, toItem } from './record.ts';
import { traceOf } from './trace-of.ts';
import type { Change, View } from './view.ts';

/** Work without a decision yet. Once its effect is answered, the answer is its input. */
export interface Open<Input> {
  readonly work: Work<Input>;
  readonly input: Input;
  /** How many decisions on it were not written. */
  readonly tries: number;
}

type Accepted<State, Effect> = Extract<Decision<State, Effect>, { kind: 'accept' }>;

/** What to write for a job, and what follows. */
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

/** The decision on a job. Unfounded: it relied on a remembered item that its write will not check. */
export type JobDecision<State, Effect, Job> = { readonly job: Job; readonly isUnfounded: boolean } & (
  | { readonly kind: 'change'; readonly change: Decided<State, Effect, Job> }
  | NoChange<State, Effect, Job>
  | { readonly kind: 'error'; readonly error: unknown }
);

/**
 * Decides on each job as if all earlier ones had succeeded, and drafts their changes in the view.
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
  const flawed = new Map<Job, unknown>();
  const shared = jobs.flatMap((job) => {
    try {
      return [...(participant.reads?.(job.input) ?? []), ...(participant.counts?.(job.input) ?? [])];
    } catch (error) {
      flawed.set(job, error);
      return [];
    }
  });
  for (const { work, input, tries } of jobs) {
    // If a first contact loses its race, the refusal puts the stored item into the view.
    if (input.type !== participant.opens || tries > 0) continue;
    view.presumeAbsent(participant.table.key(work.sagaId));
    for (const key of participant.counts?.(input) ?? []) view.presume(key);
  }
  const decideAll = async () => {
    await view.load(own, shared);
    view.beginDraft();
    return jobs.map((job) =>
      flawed.has(job)
        ? ({ job, kind: 'error', error: flawed.get(job), isUnfounded: false } as const)
        : decideOn(participant, job, view, now),
    );
  };
  let decisions = await decideAll();
  // Decide all again: a counter is given out in the order of the jobs. What was read then may show that something else
  // was taken for granted. It ends, as each round reads what no round before has read.
  while (decisions.some(({ isUnfounded }) => isUnfounded)) {
    view.forgetRemembered();
    decisions = await decideAll();
  }
  return decisions;
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
  const nowMs = now();
  try {
    const own = table.key(job.work.sagaId);
    const stored = view.get(own);
    const before = stored && fromItem(table, stored);
    const see = (key: string) => {
      if (view.isRemembered(key)) remembered.add(key);
      return view.get(key);
    };
    const decision = participant.decide(before?.state, job.input, see, nowMs);
    // Whoever has begun the saga already is answered as before, whatever the counters say.
    if (decision.kind === 'defer' && view.doubt(own)) remembered.add(own);
    if (decision.kind !== 'accept') {
      return { job, kind: 'no change', before, decision, isUnfounded: remembered.size > 0 };
    }
    for (const { key } of decision.adjusts ?? []) remembered.delete(key);
    const change = changeOf(participant, job, before, decision, nowMs);
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
  { state, says: facts, effect, adjusts = [], because = job.input.type }: Accepted<State, Effect>,
  nowMs: number,
): Decided<State, Effect, Job> {
  const { sagaId } = job.work;
  const traceparent = traceOf(job.work, before);
  const events = facts?.map((fact) => seal(saga, fact, { sagaId, nowMs, traceparent }));
  const says = events?.map((event) => eventMessage(saga, event, JSON.stringify(event)));
  const outbox = says?.map(({ body }) => body);
  const record = next(table, before, { sagaId, state, outbox, because, nowMs });
  const expects = before === undefined ? 'absent' : { version: before.version };
  const change = { job, item: toItem(table, record), expects, adjusts, record, effect, says } as const;
  // What an answer leads to is no step of the work's own any more.
  if (job.work.besides === undefined || job.input !== job.work.input) return change;
  const step = { before: before?.state.status, after: state.status, version: record.version, nowMs };
  return { ...change, besides: job.work.besides(step) };
}
