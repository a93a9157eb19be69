import type { TableEdges } from '../batch/edges.ts';
import type { OutgoingMessage } from '../batch/messages.ts';
import type { Participant, Work } from '../batch/participant.ts';
import type { Outcome } from '../batch/run.ts';
import { StoreUnavailableError, type Write } from '../batch/store.ts';
import { aboutIn, type Trouble, troubleItem, troubleKey } from '../batch/trouble.ts';
import { log } from '../environment/log.ts';
import type { SagaId } from '../saga/ids.ts';
import type { RetryDelay } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import type { Table } from '../saga/table.ts';
import { ATTEMPTS_HEADER, type Delivery } from './rabbitmq-event.ts';
import { deadLetterMessage, deferredMessage, ERROR_HEADER, header, retryMessage } from './settle.ts';

/** What came of a message of a saga, which is about the event `because`. `trouble`: 'over' if there is none any more. */
interface Handled {
  readonly sagaId: SagaId;
  readonly because: string;
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
  async note(batch: Batch, leftMs: number): Promise<void> {
    if (leftMs < WRITE_MS) return;
    // One by one: none is lost with another that cannot be written, and a transaction would cost twice as much.
    await Promise.all(this.#lastIn(batch).map((each) => this.#keep(each)));
  }

  /** What each saga of a batch stands with. What one message has come to is no end of what another one failed on. */
  #lastIn({ unreadable, aside, received, outcomes }: Batch): readonly Handled[] {
    const handled = [
      ...unreadable.flatMap(({ delivery, reason }) => this.#unread(delivery, reason)),
      ...aside.flatMap((message) => this.#untried(message)),
      ...received.flatMap(({ delivery, work }, index) => {
        const outcome = outcomes[index];
        return outcome === undefined ? [] : this.#tried(work, delivery, outcome);
      }),
    ];
    const last = new Map<SagaId, Handled>();
    for (const each of handled) {
      const before = last.get(each.sagaId);
      const isAnothers = before !== undefined && before.trouble !== 'over' && before.because !== each.because;
      if (each.trouble !== 'over' || !isAnothers) last.set(each.sagaId, each);
    }
    return [...last.values()];
  }

  async #keep({ sagaId, because, trouble }: Handled): Promise<void> {
    const key = troubleKey(this.#table, sagaId);
    if (trouble === 'over') {
      // Where nothing of this event was noted the condition refuses it.
      await this.#write(sagaId, {
        ...{ kind: 'add', key, deltas: {}, sets: { overMs: this.#edges.now() } },
        relyingOn: { because },
      });
      this.#noted.delete(sagaId);
      return;
    }
    if (isSame(trouble, this.#noted.get(sagaId))) return;
    if (!(await this.#write(sagaId, { kind: 'put', item: troubleItem(key, trouble), expects: 'anything' })))
      return;
    if (this.#noted.size >= MAX_NOTED) this.#noted.clear();
    this.#noted.set(sagaId, trouble);
  }

  async #write(sagaId: SagaId, write: Write): Promise<boolean> {
    try {
      return (await this.#edges.store.write([write])).ok;
    } catch (error) {
      log('warn', 'what failed is not noted', {
        service: this.#service,
        [this.#saga.id.name]: sagaId,
        error: String(error),
      });
      return false;
    }
  }

  /** Of a message that was tried. Nothing if it went well at once. */
  #tried(
    { sagaId, input: { type: because } }: TriedWork,
    delivery: Delivery,
    outcome: Outcome<unknown>,
  ): readonly Handled[] {
    // Where the table does not answer nothing can be noted either.
    if (outcome.kind === 'failed' && outcome.error instanceof StoreUnavailableError) return [];
    const error = saidOf(outcome);
    if (error === undefined) {
      // One that waits for its turn is in no trouble, and out of none.
      const hasFailed = delivery.attempts > 0 || this.#noted.get(sagaId)?.because === because;
      return hasFailed && outcome.kind !== 'deferred' ? [{ sagaId, because, trouble: 'over' }] : [];
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
    return [{ sagaId, because, trouble }];
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
    const about = aboutIn(this.#saga, messageId);
    if (about === undefined) return [];
    return [{ ...about, trouble: { atMs: this.#edges.now(), because: about.because, ...what } }];
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
