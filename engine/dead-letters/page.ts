import { createHash } from 'node:crypto';
import type { Delivery } from '../consumer/rabbitmq-event.ts';

/** What is read of a dead letter. */
export interface DeadLetterContent {
  readonly delivery: Delivery;
  readonly reason: string;
  readonly lastError: string | undefined;
}

/** A dead letter among all those of its queue. */
export interface Placed extends DeadLetterContent {
  /** Names it where its message has no id, or one that others have too. Copies have the same. */
  readonly digest: string;
  /** Its place in the sequence of all. Copies have the same, and are numbered. */
  readonly place: string;
  readonly copy: number;
}

/** Where a page begins: behind what comes before this place, and behind so many copies of what is there. */
export interface Cursor {
  readonly place: string;
  readonly copies: number;
}

export interface PageRequest {
  /** Absent: at the beginning. */
  readonly from?: Cursor | undefined;
  readonly limit: number;
  /** For the bodies of one page. A page has one dead letter at least. */
  readonly maxBytes: number;
  /** Any will do, so that not all of the queue need be read. */
  readonly isSample?: boolean;
  readonly selects?: (deadLetter: Placed) => boolean;
}

/**
 * Collects one page from all messages of a queue, in whatever order they come. A quorum queue does not keep places: what
 * was delivered and returned comes behind what was returned before, and in RabbitMQ 3.10 in no order. So a page goes by
 * what the messages are: the event's time, then a digest, then a number for each copy. Every dead letter that is there
 * all the time is then on exactly one page, whoever else looks or redrives in between.
 */
export class PageCollector<Held extends DeadLetterContent> {
  readonly #request: PageRequest;
  readonly #copies = new Map<string, number>();
  /** In sequence. */
  readonly #kept: (Held & Placed)[] = [];
  #bytes = 0;
  /** The first that had no room. Nothing behind it may be kept, or it would be passed over. */
  #end: Placed | undefined;

  constructor(request: PageRequest) {
    this.#request = request;
  }

  offer(held: Held): void {
    const placed = this.#place(held);
    const { from, selects, limit, maxBytes } = this.#request;
    if (from !== undefined && comesBefore(placed, { place: from.place, copy: from.copies })) return;
    if (this.#end !== undefined && !comesBefore(placed, this.#end)) return;
    if (selects !== undefined && !selects(placed)) return;
    this.#kept.splice(this.#indexOf(placed), 0, placed);
    this.#bytes += bytesOf(placed);
    while (this.#kept.length > limit || (this.#bytes > maxBytes && this.#kept.length > 1)) {
      const last = this.#kept.pop();
      if (last === undefined) return;
      this.#bytes -= bytesOf(last);
      this.#end = last;
    }
  }

  get deadLetters(): readonly (Held & Placed)[] {
    return this.#kept;
  }

  /** Whether more of them lie behind the page. */
  get hasMore(): boolean {
    return this.#end !== undefined;
  }

  #place(held: Held): Held & Placed {
    const digest = digestOf(held);
    const copy = this.#copies.get(digest) ?? 0;
    this.#copies.set(digest, copy + 1);
    return { ...held, digest, place: `${timeOf(held)} ${digest}`, copy };
  }

  #indexOf(placed: Placed): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#kept[middle];
      if (other !== undefined && comesBefore(other, placed)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type Position = Pick<Placed, 'place' | 'copy'>;

const comesBefore = (one: Position, other: Position): boolean =>
  one.place < other.place || (one.place === other.place && one.copy < other.copy);

const bytesOf = ({ delivery }: DeadLetterContent): number => delivery.body.length;

const digestOf = ({ delivery: { messageId, type, body }, reason }: DeadLetterContent): string =>
  createHash('sha256')
    .update(JSON.stringify([messageId, type, reason]))
    .update(body)
    .digest('hex')
    .slice(0, 32);

/** When it was said first, in milliseconds; undefined if it does not say so. */
export function saidAt({ place }: Pick<Placed, 'place'>): number | undefined {
  const saidMs = Date.parse(place.slice(0, place.indexOf(' ')));
  return Number.isNaN(saidMs) ? undefined : saidMs;
}

/** The envelope stands before the data, so its time is near the beginning. What has none comes first. */
const ENVELOPE_BYTES = 1_024;

function timeOf({ delivery: { body } }: DeadLetterContent): string {
  const [, time = ''] =
    /"time":"(\d{4}-[\d:.TZ-]{6,30})"/.exec(body.toString('latin1', 0, ENVELOPE_BYTES)) ?? [];
  return time;
}
