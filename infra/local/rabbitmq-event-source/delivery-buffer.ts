import { type BatchLimits, type Delivery, Lane } from './lane.ts';

export type Batch = {
  readonly deliveries: readonly Delivery[];
  /** The number of tries, including this one. */
  readonly attempt: number;
};

/** A requeued batch. The broker returns its messages one by one. */
type Requeued = {
  readonly records: number;
  readonly attempt: number;
  readonly requeuedAtMs: number;
  isResting: boolean;
};

// If no message of a batch has come back by then, the batch is behind all messages in the queue.
const returnStartMs = 500;
// Even a busy broker sends the next message of a batch within this time, if it has one and may send it.
const returnPauseMs = 2_000;
// Before that it takes in every message that is returned, one by one, and may be silent meanwhile.
const returnMsPerRecord = 2;
// The wait for a whole batch: some messages may have expired, been dead-lettered, or gone to another consumer.
const returnLimitMs = 10_000;
// Lost batches are noticed when the queue falls silent. A queue that never does must not cost memory.
const mostAwaited = 10_000;

/**
 * Messages that wait for an invocation. Redelivered messages are never mixed with fresh ones, so a failing message does
 * not make others fail. A failed batch is tried again as it was: it waits until all of its messages are back.
 */
export class DeliveryBuffer {
  readonly #limits: BatchLimits;
  readonly #windowMs: number;
  readonly #again = new Lane();
  readonly #fresh = new Lane();
  /** In the order in which they were requeued; the broker returns them in the same order. */
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
   * Notes that a message has arrived, even one that is not kept. If the broker had room but was silent before, the
   * queue was empty. A requeued batch of which nothing is back is then lost: expired, or over its delivery limit.
   */
  noteArrival(nowMs: number): void {
    const quietSinceMs = Math.max(this.#lastArrivalMs, this.#roomSinceMs);
    this.#lastArrivalMs = nowMs;
    if (this.#requeued.length === 0 || this.#again.size > 0 || nowMs - quietSinceMs < returnStartMs) return;
    this.#requeued = this.#requeued.filter(({ requeuedAtMs }) => nowMs - requeuedAtMs < returnLimitMs);
  }

  /** Notes that a batch was requeued. It is not taken again before the returned function is called. */
  expectAgain({ deliveries, attempt }: Batch, requeuedAtMs: number): () => void {
    const requeued = { records: deliveries.length, attempt, requeuedAtMs, isResting: true };
    this.#requeued.push(requeued);
    if (this.#requeued.length > mostAwaited) this.#requeued.shift();
    return () => {
      requeued.isResting = false;
    };
  }

  /** Notes that the broker may send again, because something was settled after it had used up the prefetch. */
  noteRoom(nowMs: number): void {
    this.#roomSinceMs = nowMs;
  }

  /** The next batch, oldest first, if one is due. Without room nothing arrives until something is settled. */
  take(nowMs: number, hasRoom: boolean): Batch | undefined {
    if (this.#againDueAtMs() <= nowMs) return this.#takeAgain();
    if (this.#freshDueAtMs(hasRoom) > nowMs) return undefined;
    return { deliveries: this.#fresh.take(this.#limits), attempt: 1 };
  }

  /** When `take` will have a batch, if nothing arrives and nothing is settled until then; infinite if never. */
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

  /** A redelivered message of no known batch comes from another consumer or a lost connection, and is due at once. */
  #againDueAtMs(): number {
    if (this.#again.size === 0) return Number.POSITIVE_INFINITY;
    const [awaited] = this.#requeued;
    if (awaited === undefined) return 0;
    if (awaited.isResting) return Number.POSITIVE_INFINITY;
    return this.#isBack(awaited) ? 0 : this.#givesUpAtMs(awaited);
  }

  #isBack({ records }: Requeued): boolean {
    return this.#again.size >= records;
  }

  #givesUpAtMs({ records }: Requeued): number {
    const quietSinceMs = Math.max(this.#again.newestArrivalMs, this.#roomSinceMs);
    const earliestMs = Math.min(quietSinceMs + returnPauseMs, this.#again.oldestArrivalMs + returnLimitMs);
    return earliestMs + records * returnMsPerRecord;
  }

  #freshDueAtMs(hasRoom: boolean): number {
    const isFull = this.#fresh.size >= this.#limits.records || this.#fresh.bytes >= this.#limits.bytes;
    const dueAtMs = isFull ? 0 : this.#fresh.oldestArrivalMs + this.#windowMs;
    const newest = this.#requeued.at(-1);
    if (newest === undefined || this.#requeued[0]?.isResting) return dueAtMs;
    if (this.#again.size === 0) return Math.max(dueAtMs, newest.requeuedAtMs + returnStartMs);
    // The returning batch goes first, unless its rest waits for room.
    return hasRoom ? Number.POSITIVE_INFINITY : dueAtMs;
  }

  #takeAgain(): Batch {
    const [awaited] = this.#requeued;
    if (awaited === undefined) return { deliveries: this.#again.take(this.#limits), attempt: 1 };
    const deliveries = this.#again.take({ ...this.#limits, records: awaited.records });
    const missing = awaited.records - deliveries.length;
    // If a part is lost, it is unknown which batch the other messages belong to.
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
