import type { AnyFact } from '../saga/declaration.ts';
import { type SagaEvent, seal } from '../saga/envelope.ts';
import type { SagaId } from '../saga/ids.ts';
import type { SagaRecord } from '../saga/table.ts';
import { type Committed, commit } from './commit.ts';
import { fold } from './copies.ts';
import { type Decided, decideBatch, type JobDecision, type NoChange, type Open } from './decide.ts';
import { Deferred } from './deferred.ts';
import type { Edges } from './edges.ts';
import type { Grouping } from './groups.ts';
import type { Memory } from './memory.ts';
import { eventMessage, type OutgoingMessage } from './messages.ts';
import type { Participant, Work } from './participant.ts';
import { StoreUnavailableError } from './store.ts';
import { BatchTime } from './time-left.ts';
import { traceOf } from './trace-of.ts';
import { View } from './view.ts';

/** The result of one piece of work. `record`: what the table holds for the saga, if that is known. */
export type Outcome<State> =
  | { readonly kind: 'done'; readonly record: SagaRecord<State> }
  | {
      readonly kind: 'ignored';
      readonly reason: string;
      /** The outside has not decided yet. */
      readonly isOpen?: true;
      readonly record: SagaRecord<State> | undefined;
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly record: SagaRecord<State> | undefined }
  | { readonly kind: 'failed'; readonly error: Error; readonly record: SagaRecord<State> | undefined }
  /** Nothing failed: it is worth trying again after so long. */
  | {
      readonly kind: 'deferred';
      readonly afterMs: number;
      readonly reason: string;
      readonly record: SagaRecord<State> | undefined;
    };

/** After so many conflicts on one record, the message waits in a retry queue instead. */
const MAX_TRIES = 6;
/** From this try on a job is committed alone: one that cannot succeed then holds up no other. */
const ALONE_FROM_TRY = 3;

const grouping: Grouping<{ readonly job: Job<unknown, unknown> }> = {
  isAlone: ({ job }) => job.tries >= ALONE_FROM_TRY,
  isApart: ({ job }) => job.isApart,
};

/** Next to each other, so that they share transactions. */
const apartLast = (a: Job<unknown, unknown>, b: Job<unknown, unknown>): number =>
  Number(a.isApart) - Number(b.isApart);

interface Job<State, Input> extends Open<Input> {
  readonly next: Job<State, Input> | undefined;
  input: Input;
  tries: number;
  /** Somebody else keeps writing an item that it needs: it would hold up those that do not need it. */
  isApart: boolean;
  outcome: Promise<Outcome<State>> | undefined;
}

/**
 * Runs a batch through one participant: decide, write, call out, publish. Resolves when every publication is
 * confirmed. Work on one saga is done in order; each piece of work succeeds or fails by itself. Copies of a message are
 * done once and share the outcome. A `memory` that outlives the batch saves reads of shared items. What cannot be begun
 * well before `deadlineMs`, when the function is killed, is deferred.
 */
export async function run<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(
  participant: Participant<State, Input, Effect>,
  batch: readonly Work<Input>[],
  edges: Edges,
  memory?: Memory,
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<readonly Outcome<State>[]> {
  const { distinct, positions } = fold(batch);
  const jobs = lanes<State, Input>(distinct);
  const time = new BatchTime(edges.now, deadlineMs);
  await new Run(participant, edges, time, memory).drain(jobs.heads);
  return Promise.all(
    positions.map((at) => jobs.all[at]?.outcome ?? Promise.reject(new Error('a job was lost'))),
  );
}

/** Links each job to the next job of the same saga. */
function lanes<State, Input>(batch: readonly Work<Input>[]) {
  const all: Job<State, Input>[] = [];
  const heads = new Map<SagaId, Job<State, Input>>();
  for (const work of batch.toReversed()) {
    const job = {
      work,
      next: heads.get(work.sagaId),
      input: work.input,
      tries: 0,
      isApart: false,
      outcome: undefined,
    };
    heads.set(work.sagaId, job);
    all.unshift(job);
  }
  return { all, heads: all.filter((job) => heads.get(job.work.sagaId) === job) };
}

class Run<State extends { readonly status: string }, Input extends { readonly type: string }, Effect> {
  readonly #participant: Participant<State, Input, Effect>;
  readonly #edges: Edges;
  readonly #time: BatchTime;
  readonly #view: View;
  #ready: Job<State, Input>[] = [];
  #calling = 0;
  #wake: () => void = () => {};

  constructor(
    participant: Participant<State, Input, Effect>,
    edges: Edges,
    time: BatchTime,
    memory?: Memory,
  ) {
    this.#participant = participant;
    this.#edges = edges;
    this.#time = time;
    this.#view = new View(edges.store, memory);
  }

  /** Jobs that are ready when a step begins are decided and committed together. Later ones wait for the next step. */
  async drain(heads: readonly Job<State, Input>[]): Promise<void> {
    this.#ready.push(...heads);
    while (this.#ready.length > 0 || this.#calling > 0) {
      if (this.#ready.length === 0) await new Promise<void>((wake) => (this.#wake = wake));
      const jobs = this.#ready.toSorted(apartLast);
      this.#ready = [];
      await this.#step(this.#time.isOver ? this.#begun(jobs) : jobs);
    }
  }

  /** Answers are still written when the time is over. What has not begun is deferred. */
  #begun(jobs: readonly Job<State, Input>[]): readonly Job<State, Input>[] {
    const begun = jobs.filter((job) => job.input !== job.work.input);
    for (const job of jobs) if (job.input === job.work.input) this.#fail(job, outOfTime());
    return begun;
  }

  async #step(jobs: readonly Job<State, Input>[]): Promise<void> {
    let decisions: readonly JobDecision<State, Effect, Job<State, Input>>[];
    try {
      decisions = await decideBatch(this.#participant, jobs, this.#view, this.#edges.now);
    } catch (error) {
      for (const job of jobs) this.#fail(job, error);
      return;
    }
    const isDeferred = (decision: (typeof decisions)[number]) =>
      decision.kind === 'no change' && decision.decision.kind === 'defer';
    const changes = decisions.flatMap((decision) => (isDeferred(decision) ? [] : this.#act(decision)));
    let isDraftTrue = true;
    for await (const [group, became] of commit(changes, this.#edges.store, this.#view, grouping)) {
      isDraftTrue &&= became.kind === 'written';
      for (const change of group) this.#goOn(change, became);
    }
    // Somebody may be deferred for what another has only drafted: if that was not written, there may be room after all.
    for (const decision of decisions.filter(isDeferred)) {
      if (isDraftTrue) this.#act(decision);
      else this.#ready.push(decision.job);
    }
  }

  #goOn({ job, record, effect, says }: Decided<State, Effect, Job<State, Input>>, became: Committed): void {
    switch (became.kind) {
      case 'written':
        if (effect === undefined) this.#finish(job, { kind: 'done', record }, says ?? []);
        else this.#call(job, effect, record);
        return;
      case 'contended':
        this.#again(job, job.tries + 1);
        return;
      case 'in conflict':
        job.isApart = true;
        this.#again(job, job.tries + 1);
        return;
      case 'to be tried alone':
        this.#again(job, Math.max(job.tries + 1, ALONE_FROM_TRY));
        return;
      case 'outdated':
        this.#ready.push(job);
        return;
      case 'unknown':
        this.#fail(job, became.error);
        return;
      default:
        became satisfies never;
    }
  }

  /** Acts on a decision. Returns the change, if there is one to write. */
  #act(
    decision: JobDecision<State, Effect, Job<State, Input>>,
  ): readonly Decided<State, Effect, Job<State, Input>>[] {
    switch (decision.kind) {
      case 'change':
        return [decision.change];
      case 'error':
        this.#fail(decision.job, decision.error);
        return [];
      case 'no change':
        this.#actOn(decision);
        return [];
      default:
        return decision satisfies never;
    }
  }

  #actOn({ job, before, decision }: NoChange<State, Effect, Job<State, Input>>): void {
    if (decision.kind === 'ignore') {
      const { reason, isOpen } = decision;
      this.#finish(job, { kind: 'ignored', reason, ...(isOpen && { isOpen }), record: before }, []);
    } else if (decision.kind === 'refuse')
      this.#finish(
        job,
        { kind: 'refused', reason: decision.reason, record: before },
        (decision.says ?? []).map((fact) => this.#sealed(job.work, fact)),
      );
    else if (decision.kind === 'defer') {
      const { afterMs, reason } = decision;
      this.#finish(job, { kind: 'deferred', afterMs, reason, record: before }, []);
    } else if (decision.kind === 'resume') this.#call(job, decision.effect, before);
    else if (before === undefined) this.#fail(job, new Error('nothing stored to repeat'));
    else {
      const also = (decision.also ?? []).map((fact) => this.#sealed(job.work, fact));
      this.#finish(job, { kind: 'done', record: before }, [...before.outbox, ...also]);
    }
  }

  #call(job: Job<State, Input>, effect: Effect, record: SagaRecord<State> | undefined): void {
    const { service, perform } = this.#participant;
    if (perform === undefined) throw new Error(`${service} decides on effects but performs none`);
    const call = async () => {
      if (this.#time.isOver) throw outOfTime();
      return await perform(job.work.sagaId, effect, traceOf(job.work, record));
    };
    const answer = Promise.resolve().then(() => this.#time.within(call));
    this.#goOnWith(answer, job, record);
  }

  /** Decides on the job again when the next input has come. */
  #goOnWith(coming: Promise<Input>, job: Job<State, Input>, record: SagaRecord<State> | undefined): void {
    this.#calling += 1;
    coming
      .then(
        (input) => {
          job.input = input;
          job.tries = 0;
          this.#ready.push(job);
        },
        (error: unknown) => this.#fail(job, error, record),
      )
      .finally(() => {
        this.#calling -= 1;
        this.#wake();
      });
  }

  #again(job: Job<State, Input>, tries: number): void {
    job.tries = tries;
    if (job.tries < MAX_TRIES) this.#ready.push(job);
    else this.#fail(job, new StoreUnavailableError(`${job.input.type}: the record kept changing`));
  }

  #fail(job: Job<State, Input>, cause: unknown, record?: SagaRecord<State>): void {
    if (cause instanceof Deferred) {
      const { afterMs, message: reason } = cause;
      this.#finish(job, { kind: 'deferred', afterMs, reason, record }, []);
      return;
    }
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#finish(job, { kind: 'failed', error, record }, []);
  }

  #finish(job: Job<State, Input>, outcome: Outcome<State>, says: readonly Said[]): void {
    const published = this.#publish(says);
    const input = says.length > 0 && outcome.record && this.#participant.onceSaid?.(outcome.record.state);
    if (input) {
      // The record must learn that its events are published.
      this.#goOnWith(
        published.then(() => input),
        job,
        outcome.record,
      );
      return;
    }
    job.outcome = published.then(
      () => outcome,
      (error: Error) => ({ kind: 'failed', error, record: outcome.record }),
    );
    if (job.next !== undefined) this.#ready.push(job.next);
  }

  /** What no record says is sealed anew each time: under the same id, and with the time of this delivery. */
  #sealed({ sagaId, traceparent }: Work<Input>, fact: AnyFact): OutgoingMessage {
    const { saga } = this.#participant;
    const event = seal(saga, fact, { sagaId, nowMs: this.#edges.now(), traceparent });
    return eventMessage(saga, event, JSON.stringify(event));
  }

  #messageOf(said: Said): OutgoingMessage {
    if (typeof said !== 'string') return said;
    return eventMessage(this.#participant.saga, JSON.parse(said) as SagaEvent, said);
  }

  /** None is under way any more once it ends, even if another has failed. */
  async #publish(says: readonly Said[]): Promise<void> {
    const publishing = says.map((said) => this.#edges.publisher.publish(this.#messageOf(said)));
    await Promise.allSettled(publishing);
    await Promise.all(publishing);
  }
}

/** The next batch may do it at once. */
const outOfTime = () => new Deferred('the batch has no time left', 0);

/** A message to publish: sealed just now, or a body from the record's outbox. */
type Said = OutgoingMessage | string;
