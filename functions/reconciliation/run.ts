import { whatFailed } from '../payment/provider-code.ts';
import { compare, type Finding, type Terms } from './compare.ts';
import type { IntentFacts } from './facts.ts';
import { type Listed, listIntents, type ProviderBooks, retrieveIntent } from './provider-books.ts';
import { type AUDITED, begunIn, readRecords, type Tables } from './records.ts';
import { type Cursor, SETTLE_MS, SOURCES, type Window } from './window.ts';

/** Whom the auditor reads. */
export interface Sides {
  readonly tables: Tables;
  readonly books: ProviderBooks;
  readonly now: () => number;
  readonly clockErrorMs?: number;
}

export interface Course {
  /** Whether there is no time for another page. */
  readonly isOver: () => boolean;
  /** Told of each finding once. */
  readonly tell: (finding: Finding) => void;
}

export interface Report {
  readonly from: string;
  readonly to: string;
  /** Orders, and payment intents that name none. */
  readonly compared: number;
  readonly open: number;
  readonly stuck: number;
  readonly disagreements: number;
  readonly information: number;
  /** The first hundred. */
  readonly findings: readonly Finding[];
  readonly isFinished: boolean;
  /** Where the next run has to go on, if this one is not finished. */
  readonly cursor?: Cursor;
}

const PAGE = 100;
const MAX_FINDINGS = 100;
const STUCK_MS = 60 * 60_000;
const CLOCK_ERROR_MS = 5_000;

/**
 * Compares the four sides of every order whose payment intent was made in a window, or that one of the tables has begun
 * to record in it. So it finds money without an order, and orders without money. It writes nothing.
 *
 * The provider is asked for pages of a hundred, one after the other. The tables have no index by time, and a further one
 * would make every saga dearer: they are scanned, which reads all they hold. That is half a read unit for each 4 KB.
 *
 * @throws Error that says how far it came, if a side does not answer
 */
export async function reconcile(sides: Sides, window: Window, course: Course): Promise<Report> {
  const audit = new Audit(sides, course);
  let { cursor } = window;
  try {
    for (const source of SOURCES.slice(SOURCES.indexOf(cursor.source))) {
      let after = cursor.source === source ? cursor.after : undefined;
      do {
        cursor = { source, ...(after === undefined ? {} : { after }) };
        // At least one page, so that a series of runs comes to its end.
        if (audit.pages > 0 && course.isOver()) return audit.report(window, cursor);
        after = await (source === 'provider'
          ? audit.provider(window, after)
          : audit.table(source, window, after));
      } while (after !== undefined);
    }
  } catch (error) {
    throw new Error(`stopped at ${JSON.stringify(cursor)}: ${whatFailed(error)}`, { cause: error });
  }
  return audit.report(window);
}

class Audit {
  pages = 0;
  readonly #sides: Sides;
  readonly #tell: Course['tell'];
  readonly #compared = new Set<string>();
  readonly #told = new Set<string>();
  readonly #findings: Finding[] = [];
  readonly #count = { open: 0, stuck: 0, disagreement: 0, information: 0 };

  constructor(sides: Sides, { tell }: Course) {
    this.#sides = sides;
    this.#tell = tell;
  }

  /** Compares the orders of a page of the provider's list. Returns where the next one begins. */
  async provider(window: Window, after: string | undefined): Promise<string | undefined> {
    this.pages += 1;
    const terms = this.#terms();
    const { listed, next } = await listIntents(this.#sides.books, window, after);
    for (const { orderId, intent } of listed) {
      if (orderId === undefined) this.#note(intent.id, { orderId: '', intents: [intent] }, terms);
    }
    await this.#compareAll([...new Set(listed.flatMap(({ orderId }) => orderId ?? []))], listed, terms);
    return next;
  }

  /** The same of a page of a table: those of its orders that the provider's list has not led to. */
  async table(
    service: (typeof AUDITED)[number],
    { fromMs, toMs }: Window,
    after: string | undefined,
  ): Promise<string | undefined> {
    this.pages += 1;
    const terms = this.#terms();
    const page = await this.#sides.tables[service].scan(
      PAGE,
      after === undefined ? undefined : { pk: after },
    );
    const begun = page.entries.flatMap((item) => begunIn(service, item) ?? []);
    const inWindow = begun.filter(({ atMs }) => atMs === undefined || (atMs >= fromMs && atMs < toMs));
    const orderIds = inWindow.map(({ orderId }) => orderId).filter((orderId) => !this.#compared.has(orderId));
    await this.#compareAll([...new Set(orderIds)], [], terms);
    return page.next?.pk;
  }

  report({ fromMs, toMs }: Window, cursor?: Cursor): Report {
    const { disagreement: disagreements, ...counts } = this.#count;
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      compared: this.#compared.size,
      ...counts,
      disagreements,
      findings: this.#findings,
      isFinished: cursor === undefined,
      ...(cursor === undefined ? {} : { cursor }),
    };
  }

  #terms(): Terms {
    const { now, clockErrorMs = CLOCK_ERROR_MS } = this.#sides;
    return { nowMs: now(), settleMs: SETTLE_MS, stuckMs: STUCK_MS, clockErrorMs };
  }

  async #compareAll(orderIds: readonly string[], listed: readonly Listed[], terms: Terms): Promise<void> {
    const recordsOf = await readRecords(this.#sides.tables, orderIds);
    for (const orderId of orderIds) {
      const records = recordsOf(orderId);
      const intents = listed.filter((each) => each.orderId === orderId).map(({ intent }) => intent);
      const named = await this.#named(records.payment?.paymentIntentId, intents);
      this.#note(orderId, { orderId, ...records, intents: [...intents, ...named] }, terms);
    }
  }

  /** The intent that the payment's record names, unless it was listed: it may be older or younger than the window. */
  async #named(id: string | undefined, listed: readonly IntentFacts[]): Promise<readonly IntentFacts[]> {
    if (id === undefined || listed.some((intent) => intent.id === id)) return [];
    const intent = await retrieveIntent(this.#sides.books, id);
    return intent === undefined ? [] : [intent];
  }

  /** An order may be on several pages. */
  #note(name: string, facts: Parameters<typeof compare>[0], terms: Terms): void {
    const { progress, findings } = compare(facts, terms);
    if (!this.#compared.has(name) && progress !== 'ended') this.#count[progress] += 1;
    this.#compared.add(name);
    for (const finding of findings) {
      const key = `${name} ${finding.code}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      if (finding.kind !== 'stuck') this.#count[finding.kind] += 1;
      if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
      this.#tell(finding);
    }
  }
}
