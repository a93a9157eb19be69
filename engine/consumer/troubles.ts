import type { TableEdges } from '../batch/edges.ts';
import type { OutgoingMessage } from '../batch/messages.ts';
import type { Participant, Work } from '../batch/participant.ts';
import type { Outcome } from '../batch/run.ts';
import { MAX_TRANSACTION_ITEMS, type Write } from '../batch/store.ts';
import { type Trouble, troubleItem, troubleKey } from '../batch/trouble.ts';
import { log } from '../environment/log.ts';
import type { SagaId } from '../saga/ids.ts';
import type { RetryDelay } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import type { Table } from '../saga/table.ts';
import { ATTEMPTS_HEADER, type Delivery } from './rabbitmq-event.ts';
import { deadLetterMessage, deferredMessage, ERROR_HEADER, header, retryMessage } from './settle.ts';

/** What came of a message of a saga. `trouble`: 'over' if there is none any more. */
interface Handled {
  readonly sagaId: SagaId;
  readonly trouble: Trouble | 'over';
}

type TriedWork = Pick<Work<{ readonly type: string }>, 'sagaId' | 'input'>;

/** The messages of a batch. `aside`: what takes the place of those that were not tried. */
interface Batch {
  readonly unreadable: readonly { readonly delivery: Delivery; readonly reason: string }[];
  readonly aside: readonly OutgoingMessage[];
  readonly received: readonly { readonly delivery: Delivery; readonly work: TriedWork }[];
  /** Of those that were received. */
  readonly outcomes: readonly Outcome<unknown>[];
}

interface Keyed {
  readonly table: Pick<Table<never>, 'key'>;
}

/** A table that does not answer takes so long to say so. Less time than this is left for settling alone. */
const WRITE_MS = 6_000;
/** In a flood a message is put off many times, for the same reason: that is written once a minute. */
const SAME_AFTER_MS = 60_000;
const MAX_NOTED = 10_000;

/**
 * Keeps what a participant last failed on, beside its records. Nothing depends on it, so a write that fails is only logged.
 * What goes well at the first try costs nothing.
 */
export class Troubles {
  readonly #saga: Saga;
  readonly #service: string;
  readonly #table: Keyed['table'];
  readonly #edges: TableEdges;
  readonly #delays: readonly RetryDelay[];
  /** What this environment has written. */
  readonly #noted = new Map<SagaId, Trouble>();

  constructor(
    { saga, service, table }: Pick<Participant<never, never, never>, 'saga' | 'service'> & Keyed,
    edges: TableEdges,
    delays: readonly RetryDelay[],
  ) {
    this.#saga = saga;
    this.#service = service;
    this.#table = table;
    this.#edges = edges;
    this.#delays = delays;
  }

  /** `leftMs`: what the function has left. A write that fails is no error. */
  async note({ unreadable, aside, received, outcomes }: Batch, leftMs: number): Promise<void> {
    const handled = [
      ...unreadable.flatMap(({ delivery, reason }) => this.#unread(delivery, reason)),
      ...aside.flatMap((message) => this.#untried(message)),
      ...received.flatMap(({ delivery, work }, index) => {
        const outcome = outcomes[index];
        return outcome === undefined ? [] : this.#tried(work, delivery, outcome);
      }),
    ];
    const last = new Map(handled.map(({ sagaId, trouble }) => [sagaId, trouble]));
    const writes = [...last].flatMap(([sagaId, trouble]) => this.#writeOf(sagaId, trouble));
    if (leftMs < WRITE_MS) return;
    const puts = writes.filter(({ kind }) => kind === 'put');
    const chunks = Array.from({ length: Math.ceil(puts.length / MAX_TRANSACTION_ITEMS) }, (_, index) =>
      puts.slice(index * MAX_TRANSACTION_ITEMS, (index + 1) * MAX_TRANSACTION_ITEMS),
    );
    // The end of what was never noted is refused by its condition, so it is in nobody's transaction.
    const ends = writes.filter(({ kind }) => kind !== 'put').map((end) => [end]);
    await Promise.all([...chunks, ...ends].map((each) => this.#write(each)));
  }

  #writeOf(sagaId: SagaId, trouble: Trouble | 'over'): readonly Write[] {
    const key = troubleKey(this.#table, sagaId);
    if (trouble === 'over') {
      this.#noted.delete(sagaId);
      return [{ kind: 'add', key, deltas: {}, sets: { overMs: this.#edges.now() }, relyingOn: {} }];
    }
    if (isSame(trouble, this.#noted.get(sagaId))) return [];
    if (this.#noted.size >= MAX_NOTED) this.#noted.clear();
    this.#noted.set(sagaId, trouble);
    return [{ kind: 'put', item: troubleItem(key, trouble), expects: 'anything' }];
  }

  async #write(writes: readonly Write[]): Promise<void> {
    try {
      await this.#edges.store.write(writes);
    } catch (error) {
      log('warn', 'what failed is not noted', { service: this.#service, error: String(error) });
    }
  }

  /** Of a message that was tried. Nothing if it went well at once. */
  #tried(
    { sagaId, input: { type: because } }: TriedWork,
    delivery: Delivery,
    outcome: Outcome<unknown>,
  ): readonly Handled[] {
    const error = saidOf(outcome);
    if (error === undefined) {
      // One that waits for its turn is in no trouble, and out of none.
      const hasFailed = delivery.attempts > 0 || this.#noted.get(sagaId)?.because === because;
      return hasFailed && outcome.kind !== 'deferred' ? [{ sagaId, trouble: 'over' }] : [];
    }
    const version = outcome.record?.version;
    const trouble = {
      atMs: this.#edges.now(),
      because,
      error: header(error),
      attempts: delivery.attempts + (outcome.kind === 'deferred' ? 0 : 1),
      ...this.#next(this.#placeOf(delivery, outcome)),
      ...(version === undefined ? {} : { version }),
    };
    return [{ sagaId, trouble }];
  }

  /** Of a message that nobody could read, as far as its id says what it is about. */
  #unread({ messageId, attempts }: Delivery, reason: string): readonly Handled[] {
    return this.#about(messageId, {
      error: header(reason),
      attempts: attempts + 1,
      isDeadLetter: true,
    });
  }

  /** The same of one that was not tried. `message`: what takes its place. */
  #untried(message: OutgoingMessage): readonly Handled[] {
    const { [ERROR_HEADER]: error = '', [ATTEMPTS_HEADER]: attempts = 1 } = message.headers ?? {};
    return this.#about(message.messageId, {
      ...{ error: String(error), attempts: Number(attempts) },
      ...this.#next(message),
    });
  }

  #about(messageId: string, what: Omit<Trouble, 'atMs' | 'because'>): readonly Handled[] {
    const [, subject, because = ''] = /^([^:]+):(.+)$/.exec(messageId) ?? [];
    const { data: sagaId } = this.#saga.id.schema.safeParse(subject);
    return sagaId === undefined ? [] : [{ sagaId, trouble: { atMs: this.#edges.now(), because, ...what } }];
  }

  /** The message that takes the place of one that was not handled. */
  #placeOf(delivery: Delivery, outcome: Outcome<unknown>): OutgoingMessage | undefined {
    const [service, delays] = [this.#service, this.#delays];
    if (outcome.kind === 'refused') return deadLetterMessage(service, delivery, outcome.reason);
    if (outcome.kind === 'failed') return retryMessage(service, delivery, outcome.error, delays);
    return outcome.kind === 'deferred'
      ? deferredMessage(service, delivery, outcome.afterMs, delays)
      : undefined;
  }

  /** Only a delay queue gives a message back by itself. */
  #next(message: OutgoingMessage | undefined): Pick<Trouble, 'nextTryMs' | 'isDeadLetter'> {
    if (message === undefined) return {};
    const { expirationMs: afterMs } = message;
    return afterMs === undefined ? { isDeadLetter: true } : { nextTryMs: this.#edges.now() + afterMs };
  }
}

const isSame = (now: Trouble, before: Trouble | undefined): boolean =>
  now.attempts === 0 &&
  before?.because === now.because &&
  before.error === now.error &&
  now.atMs - before.atMs < SAME_AFTER_MS;

/** What failed; undefined if nothing did. */
function saidOf(outcome: Outcome<unknown>): string | undefined {
  switch (outcome.kind) {
    case 'failed':
      return `${outcome.error.name}: ${outcome.error.message}`;
    case 'refused':
      return outcome.reason;
    case 'deferred':
      return outcome.afterMs > 0 ? outcome.reason : undefined;
    case 'ignored':
      return outcome.isOpen ? outcome.reason : undefined;
    case 'done':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
