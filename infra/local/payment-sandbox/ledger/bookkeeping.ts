import { randomUUID } from 'node:crypto';
import { happen } from '../afterwards/happenings.ts';
import type { Moment } from '../endpoint.ts';
import { orderOf } from '../payments/payment-intent.ts';
import type { Settings } from '../settings.ts';
import { eventsOf } from '../webhooks/events.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { type Later, laterKey } from './effects.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerRecord } from './ledger-record.ts';

export const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** A decision: what to write down, if anything, and what to tell. */
export interface Decided<T> {
  readonly record?: LedgerRecord;
  readonly told: T;
}

/** Makes decisions durable, sees to what happens later because of them, and hands their events to the webhooks. */
export class Bookkeeping {
  readonly ledger: Ledger;
  readonly #journal: Journal<LedgerRecord>;
  readonly #settings: Settings;
  readonly #webhooks: Webhooks | undefined;
  readonly #lastOn = new Map<string, Promise<unknown>>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    ledger: Ledger,
    journal: Journal<LedgerRecord>,
    settings: Settings,
    webhooks: Webhooks | undefined,
  ) {
    this.ledger = ledger;
    this.#journal = journal;
    this.#settings = settings;
    this.#webhooks = webhooks;
  }

  /** Goes on with what an earlier process of the sandbox has left. */
  resume(): void {
    for (const later of this.ledger.expected.values()) this.#expect(later);
    if (this.#webhooks === undefined) return;
    this.#webhooks.onSent = (event) =>
      this.note({ kind: 'sent', at: new Date().toISOString(), order: null, event });
    this.#webhooks.send([...this.ledger.unsent.values()]);
  }

  moment(): Moment {
    return { at: new Date(), newId, settleMs: this.#settings.settleMs };
  }

  /**
   * Decides on one object after another decision on it: each must see the effects of the one before. Resolves once the
   * record is on disk.
   */
  async decide<T>(object: string | undefined, decision: () => Decided<T>): Promise<T> {
    if (object === undefined) return this.#make(decision);
    const before = this.#lastOn.get(object) ?? Promise.resolve();
    const work = () => this.#make(decision);
    const mine = before.then(work, work);
    this.#lastOn.set(object, mine);
    try {
      return await mine;
    } finally {
      if (this.#lastOn.get(object) === mine) this.#lastOn.delete(object);
    }
  }

  /** Writes down what a crash may forget. */
  note(record: LedgerRecord): void {
    this.#journal.note(record);
    this.ledger.apply(record);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#webhooks?.close();
  }

  async #make<T>(decision: () => Decided<T>): Promise<T> {
    const { record, told } = decision();
    if (record === undefined) return told;
    const announced = this.#withEvents(record);
    await this.#journal.append(announced);
    this.ledger.apply(announced);
    if (announced.kind === 'executed' || announced.kind === 'happened') {
      if (announced.later !== undefined) this.#expect(announced.later);
      if (announced.events !== undefined) this.#webhooks?.send(announced.events);
    }
    return told;
  }

  #withEvents(record: LedgerRecord): LedgerRecord {
    if (this.#webhooks === undefined || (record.kind !== 'executed' && record.kind !== 'happened'))
      return record;
    const events = eventsOf(record, this.ledger, newId);
    return events.length === 0 ? record : { ...record, events };
  }

  #expect(later: Later): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#happen(later).catch((error: unknown) => console.error('payment sandbox:', error));
      },
      Math.max(0, later.atEpochMs - Date.now()),
    );
    this.#timers.add(timer);
  }

  async #happen(later: Later): Promise<void> {
    await this.decide(later.paymentIntent, () => {
      const moment = this.moment();
      const intent = this.ledger.intent(later.paymentIntent);
      const record: LedgerRecord = {
        kind: 'happened',
        at: moment.at.toISOString(),
        order: intent === undefined ? null : orderOf(intent),
        done: laterKey(later),
        ...happen(later, this.ledger, moment),
      };
      return { record, told: undefined };
    });
  }
}
