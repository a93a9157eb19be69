import type { Service } from '../saga/choreography.ts';
import type { Decision } from '../saga/decision.ts';
import { type SagaEvent, seal } from '../saga/envelope.ts';
import type { OrderId } from '../saga/ids.ts';
import { commit } from './commit.ts';
import type { Edges } from './edges.ts';
import { eventMessage, type OutgoingMessage } from './messages.ts';
import { fromItem, next, type SagaRecord, type Table, toItem } from './record.ts';
import { StoreUnavailableError } from './store.ts';
import { type Change, type Items, View } from './view.ts';

/** A service's part in the saga: a pure decision, and how it is stored and carried out. */
export interface Participant<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
> {
  readonly service: Service;
  readonly table: Table<State>;
  readonly decide: (state: State | undefined, input: Input, items: Items) => Decision<State, Effect>;
  /** Keys of further items that the decision on this input depends on. */
  readonly reads?: (input: Input) => readonly string[];
  /** Usually the first this participant hears of an order: written without reading, the condition tells. */
  readonly opens?: Input['type'];
  /** Calls the outside, after the record says so. A throw means that the result is not known. */
  readonly perform?: (orderId: OrderId, effect: Effect) => Promise<Input>;
}

export interface Work<Input> {
  readonly orderId: OrderId;
  readonly input: Input;
  readonly traceparent?: string | undefined;
}

/** What became of one piece of work. `record` is what the table holds for the order, as far as it is known. */
export type Outcome<State> =
  | { readonly kind: 'done'; readonly record: SagaRecord<State> }
  | { readonly kind: 'ignored'; readonly reason: string; readonly record: SagaRecord<State> | undefined }
  | { readonly kind: 'refused'; readonly reason: string; readonly record: SagaRecord<State> | undefined }
  | { readonly kind: 'failed'; readonly error: Error; readonly record: SagaRecord<State> | undefined };

/** A record that keeps changing under us is contended; the retry queue is a better place to wait than here. */
const MAX_TRIES = 6;
/** From this try on a job is committed alone, so that one that cannot succeed holds up nobody else. */
const ALONE_FROM_TRY = 3;

interface Job<State, Input> {
  readonly work: Work<Input>;
  readonly next: Job<State, Input> | undefined;
  input: Input;
  tries: number;
  outcome: Promise<Outcome<State>> | undefined;
}

/**
 * Runs a batch through one participant: decide, write, call out, publish; resolves when every publication is
 * confirmed. Work on the same order keeps its order; each piece of work succeeds or fails by itself.
 */
export async function run<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(
  participant: Participant<State, Input, Effect>,
  batch: readonly Work<Input>[],
  edges: Edges,
): Promise<readonly Outcome<State>[]> {
  const jobs = lanes<State, Input>(batch);
  await new Run(participant, edges).drain(jobs.heads);
  return Promise.all(jobs.all.map(({ outcome }) => outcome ?? Promise.reject(new Error('a job was lost'))));
}

/** Links the jobs of one order, each to the one that came after it. */
function lanes<State, Input>(batch: readonly Work<Input>[]) {
  const all: Job<State, Input>[] = [];
  const heads = new Map<OrderId, Job<State, Input>>();
  for (const work of batch.toReversed()) {
    const job = { work, next: heads.get(work.orderId), input: work.input, tries: 0, outcome: undefined };
    heads.set(work.orderId, job);
    all.unshift(job);
  }
  return { all, heads: all.filter((job) => heads.get(job.work.orderId) === job) };
}

class Run<State extends { readonly status: string }, Input extends { readonly type: string }, Effect> {
  readonly #participant: Participant<State, Input, Effect>;
  readonly #edges: Edges;
  readonly #view: View;
  #ready: Job<State, Input>[] = [];
  #calling = 0;
  #wake: () => void = () => {};

  constructor(participant: Participant<State, Input, Effect>, edges: Edges) {
    this.#participant = participant;
    this.#edges = edges;
    this.#view = new View(edges.store);
  }

  /** Whatever is ready when a step begins is decided and committed together; what comes meanwhile waits. */
  async drain(heads: readonly Job<State, Input>[]): Promise<void> {
    this.#ready.push(...heads);
    while (this.#ready.length > 0 || this.#calling > 0) {
      if (this.#ready.length === 0) await new Promise<void>((wake) => (this.#wake = wake));
      const jobs = this.#ready;
      this.#ready = [];
      await this.#step(jobs);
    }
  }

  async #step(jobs: readonly Job<State, Input>[]): Promise<void> {
    try {
      await this.#view.load(jobs.flatMap((job) => this.#keys(job)));
    } catch (error) {
      for (const job of jobs) this.#fail(job, error);
      return;
    }
    this.#view.beginDraft();
    const changes = jobs.flatMap((job) => this.#decide(job));
    await commit(changes, this.#edges.store, this.#view, {
      alone: ({ job }) => job.tries >= ALONE_FROM_TRY,
      committed: ({ job, record, effect, says }) => {
        if (effect === undefined) this.#finish(job, { kind: 'done', record }, says ?? []);
        else this.#call(job, effect, record);
      },
      contended: ({ job }) => this.#again(job, job.tries + 1),
      isolate: ({ job }) => this.#again(job, Math.max(job.tries + 1, ALONE_FROM_TRY)),
      redo: ({ job }) => this.#ready.push(job),
      failed: ({ job }, error) => this.#fail(job, error),
    });
  }

  #keys({ work, input, tries }: Job<State, Input>): readonly string[] {
    const own = this.#participant.table.key(work.orderId);
    const others = this.#participant.reads?.(input) ?? [];
    // A first contact that lost its race finds the stored item in the view, put there by the refusal.
    if (input.type === this.#participant.opens && tries === 0 && !this.#view.knows(own)) {
      this.#view.learn(own, undefined);
    }
    return [own, ...others];
  }

  #record({ work }: Job<State, Input>): SagaRecord<State> | undefined {
    const item = this.#view.get(this.#participant.table.key(work.orderId));
    return item === undefined ? undefined : fromItem(this.#participant.table, item);
  }

  #decide(job: Job<State, Input>): readonly Decided<State, Input, Effect>[] {
    let before: SagaRecord<State> | undefined;
    let decision: Decision<State, Effect>;
    try {
      before = this.#record(job);
      decision = this.#participant.decide(before?.state, job.input, (key) => this.#view.get(key));
    } catch (error) {
      this.#fail(job, error);
      return [];
    }
    switch (decision.kind) {
      case 'accept':
        return [this.#change(job, before, decision)];
      case 'repeat':
        if (before === undefined) this.#fail(job, new Error('nothing stored to repeat'));
        else this.#finish(job, { kind: 'done', record: before }, before.outbox);
        return [];
      case 'resume':
        if (before === undefined) this.#fail(job, new Error('nothing stored to resume'));
        else this.#call(job, decision.effect, before);
        return [];
      case 'ignore':
        this.#finish(job, { kind: 'ignored', reason: decision.reason, record: before }, []);
        return [];
      case 'refuse':
        this.#finish(job, { kind: 'refused', reason: decision.reason, record: before }, []);
        return [];
      default:
        return decision satisfies never;
    }
  }

  #change(
    job: Job<State, Input>,
    before: SagaRecord<State> | undefined,
    { state, says: facts, effect, adjusts = [] }: Extract<Decision<State, Effect>, { kind: 'accept' }>,
  ): Decided<State, Input, Effect> {
    const { orderId, traceparent } = job.work;
    const nowMs = this.#edges.now();
    const events = facts?.map((fact) => seal(fact, { orderId, nowMs, traceparent }));
    const says = events?.map((event) => eventMessage(event, JSON.stringify(event)));
    const outbox = says?.map(({ body }) => body);
    const record = next(before, { orderId, state, outbox, because: job.input.type, nowMs });
    const expects = before === undefined ? 'absent' : { version: before.version };
    const item = toItem(this.#participant.table, record);
    const change = { job, item, expects, adjusts, record, effect, says } as const;
    this.#view.draft(change);
    return change;
  }

  #call(job: Job<State, Input>, effect: Effect, record: SagaRecord<State>): void {
    const { service, perform } = this.#participant;
    if (perform === undefined) throw new Error(`${service} decides on effects but performs none`);
    this.#calling += 1;
    Promise.resolve()
      .then(() => perform(job.work.orderId, effect))
      .then(
        (answer) => {
          job.input = answer;
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
    else this.#fail(job, new StoreUnavailableError(`${job.input.type}: too many change the record at once`));
  }

  #fail(job: Job<State, Input>, cause: unknown, record?: SagaRecord<State>): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#finish(job, { kind: 'failed', error, record }, []);
  }

  #finish(job: Job<State, Input>, outcome: Outcome<State>, says: readonly Said[]): void {
    job.outcome = this.#publish(says).then(
      () => outcome,
      (error: Error) => ({ kind: 'failed', error, record: outcome.record }),
    );
    if (job.next !== undefined) this.#ready.push(job.next);
  }

  async #publish(says: readonly Said[]): Promise<void> {
    await Promise.all(says.map((said) => this.#edges.publisher.publish(messageOf(said))));
  }
}

/** What is to be published: sealed just now, or a body that the record holds. */
type Said = OutgoingMessage | string;

const messageOf = (said: Said): OutgoingMessage =>
  typeof said === 'string' ? eventMessage(JSON.parse(said) as SagaEvent, said) : said;

type Decided<State, Input, Effect> = Change & {
  readonly job: Job<State, Input>;
  readonly record: SagaRecord<State>;
  readonly effect: Effect | undefined;
  readonly says: readonly OutgoingMessage[] | undefined;
};
