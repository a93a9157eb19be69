import type { TableEdges } from '../batch/edges.ts';
import type { OutgoingMessage } from '../batch/messages.ts';
import type { Outcome } from '../batch/run.ts';
import { MAX_TRANSACTION_ITEMS, type Write } from '../batch/store.ts';
import { type Trouble, troubleItem, troubleKey } from '../batch/trouble.ts';
import { log } from '../environment/log.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { Table } from '../saga/table.ts';
import { ATTEMPTS_HEADER, type Delivery } from './rabbitmq-event.ts';
import { ERROR_HEADER, header, REASON_HEADER } from './settle.ts';

/** What came of a message of a saga. `trouble`: 'over' if there is none any more. */
interface Handled {
  readonly sagaId: SagaId;
  readonly trouble: Trouble | 'over';
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
  readonly #service: string;
  readonly #table: Pick<Table<never>, 'key'>;
  readonly #edges: TableEdges;
  /** What this environment has written. */
  readonly #noted = new Map<SagaId, Trouble>();

  constructor(
    { service, table }: { readonly service: string; readonly table: Pick<Table<never>, 'key'> },
    edges: TableEdges,
  ) {
    this.#service = service;
    this.#table = table;
    this.#edges = edges;
  }

  /** `leftMs`: what the function has left. Never rejects. */
  async note(handled: readonly Handled[], leftMs: number): Promise<void> {
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

  /** Of a message that was read. `settled`: the message that takes its place. Nothing if it went well at once. */
  handled(
    sagaId: SagaId,
    { attempts, type: because }: Pick<Delivery, 'attempts' | 'type'>,
    outcome: Outcome<unknown>,
    settled: OutgoingMessage | undefined,
  ): readonly Handled[] {
    const error = saidOf(outcome);
    if (error === undefined) {
      // One that waits for its turn is in no trouble, and out of none.
      const hasFailed = attempts > 0 || this.#noted.get(sagaId)?.because === because;
      return hasFailed && outcome.kind !== 'deferred' ? [{ sagaId, trouble: 'over' }] : [];
    }
    const version = outcome.record?.version;
    return [
      {
        sagaId,
        trouble: {
          atMs: this.#edges.now(),
          because,
          error: header(error),
          attempts: attempts + (outcome.kind === 'deferred' ? 0 : 1),
          ...(settled === undefined ? {} : this.#next(settled)),
          ...(version === undefined ? {} : { version }),
        },
      },
    ];
  }

  /** Of a message that was never tried, by its id. `settled`: the one that takes its place. */
  untried({ id }: Saga, settled: OutgoingMessage): readonly Handled[] {
    const [, subject, because = ''] = /^([^:]+):(.+)$/.exec(settled.messageId) ?? [];
    const { data: sagaId } = id.schema.safeParse(subject);
    if (sagaId === undefined) return [];
    const {
      [ERROR_HEADER]: error,
      [REASON_HEADER]: reason,
      [ATTEMPTS_HEADER]: attempts = 1,
    } = settled.headers ?? {};
    return [
      {
        sagaId,
        trouble: {
          ...{ atMs: this.#edges.now(), because, error: String(error ?? reason), attempts: Number(attempts) },
          ...this.#next(settled),
        },
      },
    ];
  }

  /** Only a delay queue gives a message back by itself. */
  #next({ expirationMs: afterMs }: OutgoingMessage): Pick<Trouble, 'nextTryMs' | 'isDeadLetter'> {
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
