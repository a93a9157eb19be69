import { type BatchLimits, type Delivery, Lane } from './lane.ts';

export type Batch = {
  readonly deliveries: readonly Delivery[];
  /** How often these have been tried, this time included. */
  readonly attempt: number;
};

/** A batch on its way back from the broker, which returns its messages one by one. */
type Requeued = {
  readonly records: number;
  readonly attempt: number;
  readonly requeuedAtMs: number;
  isResting: boolean;
};

// A batch that has not begun to come back by then is behind all that waits in the queue.
const returnStartMs = 500;
// A broker that has more of a batch, and may send it, does not pause for longer, even when it is busy.
const returnPauseMs = 2_000;
// Some of it may be gone for ever: expired, dead-lettered, or taken by another consumer.
const returnLimitMs = 10_000;
// What is gone for ever is noticed when the queue falls silent; a queue that never does must not cost memory.
const mostAwaited = 10_000;

/**
 * What has arrived and waits for an invocation. Messages that come again are never mixed with others, so that a
 * message that fails does not spread its failure, and a batch that failed comes again as it was: it waits until all of
 * it is back.
 */
export class DeliveryBuffer {
  readonly #limits: BatchLimits;
  readonly #windowMs: number;
  readonly #again = new Lane();
  readonly #fresh = new Lane();
  /** In the order in which the broker returns them: the one in which they were requeued. */
  #requeued: Requeued[] = [];
  #roomSinceMs = 0;
  #lastArrivalMs = 0;

  constructor(limits: BatchLimits, windowMs: number) {
    this.#limits = limits;
    this.#windowMs = windowMs;
  }

  add(delivery: Delivery): void {
    this.noteArrival(delivery.arrivedAtMs);
    (delivery.redelivered ? this.#again : this.#fresh).add(delivery);
  }

  /**
   * Tells that a message has arrived, even one that is not kept. Where the broker had room and was silent before it,
   * the queue had nothing more, so a batch of which nothing is here is gone: expired, or over its delivery limit.
   */
  noteArrival(nowMs: number): void {
    const quietSinceMs = Math.max(this.#lastArrivalMs, this.#roomSinceMs);
    this.#lastArrivalMs = nowMs;
    if (this.#requeued.length === 0 || this.#again.size > 0 || nowMs - quietSinceMs < returnStartMs) return;
    this.#requeued = this.#requeued.filter(({ requeuedAtMs }) => nowMs - requeuedAtMs < returnLimitMs);
  }

  /** Tells that a batch has been requeued. It is not taken again before the returned function is called. */
  expectAgain({ deliveries, attempt }: Batch, requeuedAtMs: number): () => void {
    const requeued = { records: deliveries.length, attempt, requeuedAtMs, isResting: true };
    this.#requeued.push(requeued);
    if (this.#requeued.length > mostAwaited) this.#requeued.shift();
    return () => {
      requeued.isResting = false;
    };
  }

  /** Tells that the broker may send again: it had sent all it may before something was settled. */
  noteRoom(nowMs: number): void {
    this.#roomSinceMs = nowMs;
  }

  /** The next batch, oldest first, if one is due. Without room, nothing arrives before something is settled. */
  take(nowMs: number, hasRoom: boolean): Batch | undefined {
    if (this.#againDueAtMs() <= nowMs) return this.#takeAgain();
    if (this.#freshDueAtMs(hasRoom) > nowMs) return undefined;
    return { deliveries: this.#fresh.take(this.#limits), attempt: 1 };
  }

  /** When `take` has something, if nothing arrives and nothing is settled before; infinite if it never has. */
  dueAtMs(hasRoom: boolean): number {
    return Math.min(this.#againDueAtMs(), this.#freshDueAtMs(hasRoom));
  }

  get lowestTag(): number {
    return Math.min(this.#again.lowestTag, this.#fresh.lowestTag);
  }

  clear(): void {
    this.#again.clear();
    this.#fresh.clear();
    this.#requeued = [];
  }

  /** What no batch is known for was given back by others, or by a connection that is lost. */
  #againDueAtMs(): number {
    if (this.#again.size === 0) return Number.POSITIVE_INFINITY;
    const [awaited] = this.#requeued;
    if (awaited === undefined) return 0;
    if (awaited.isResting) return Number.POSITIVE_INFINITY;
    return this.#isBack(awaited) ? 0 : this.#givesUpAtMs();
  }

  #isBack({ records }: Requeued): boolean {
    return this.#again.size >= records;
  }

  #givesUpAtMs(): number {
    const quietSinceMs = Math.max(this.#again.newestArrivalMs, this.#roomSinceMs);
    return Math.min(quietSinceMs + returnPauseMs, this.#again.oldestArrivalMs + returnLimitMs);
  }

  #freshDueAtMs(hasRoom: boolean): number {
    const isFull = this.#fresh.size >= this.#limits.records || this.#fresh.bytes >= this.#limits.bytes;
    const dueAtMs = isFull ? 0 : this.#fresh.oldestArrivalMs + this.#windowMs;
    const newest = this.#requeued.at(-1);
    if (newest === undefined || this.#requeued[0]?.isResting) return dueAtMs;
    if (this.#again.size === 0) return Math.max(dueAtMs, newest.requeuedAtMs + returnStartMs);
    // The batch that is returning goes first, unless the rest of it waits for room.
    return hasRoom ? Number.POSITIVE_INFINITY : dueAtMs;
  }

  #takeAgain(): Batch {
    const [awaited] = this.#requeued;
    if (awaited === undefined) return { deliveries: this.#again.take(this.#limits), attempt: 1 };
    const deliveries = this.#again.take({ ...this.#limits, records: awaited.records });
    const missing = awaited.records - deliveries.length;
    // Where a part is gone, nobody knows which one the others are of.
    if (missing === 0) this.#requeued.shift();
    else if (this.#again.size >= missing) this.#requeued[0] = { ...awaited, records: missing };
    else return { deliveries, attempt: this.#forgetRequeued() };
    return { deliveries, attempt: awaited.attempt + 1 };
  }

  #forgetRequeued(): number {
    const newest = this.#requeued.findLast(({ isResting }) => !isResting);
    this.#requeued = this.#requeued.filter(({ isResting }) => isResting);
    return (newest?.attempt ?? 0) + 1;
  }
}
