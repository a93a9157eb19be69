import type { Socket } from 'node:net';

/** A connection's speed in each direction. */
export interface Pace {
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
}

export const unhindered: Pace = { latencyMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY };

/** If more bytes than this are under way, the sender must wait. */
const MAX_HELD_BYTES = 256 * 1024;

/** One direction of a proxied connection. Passes bytes on in order, at a pace, or holds them while frozen. */
export class OneWay {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #pace: () => Pace;
  #held: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  #heldBytes = 0;
  /** When the bottleneck has passed all earlier bytes. */
  #freeAtMs = 0;
  #isFrozen = false;
  #hasEnded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, pace: () => Pace) {
    this.#from = from;
    this.#to = to;
    this.#pace = pace;
    from.on('data', (chunk) => this.#take(chunk));
    from.on('end', () => {
      this.#hasEnded = true;
      this.#pass();
    });
    to.on('close', () => clearTimeout(this.#timer));
    to.on('drain', () => this.#pass());
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#from.pause();
    clearTimeout(this.#timer);
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#pass();
  }

  #take(chunk: Buffer): void {
    const { latencyMs, bytesPerSecond } = this.#pace();
    const nowMs = performance.now();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (1_000 * chunk.length) / bytesPerSecond;
    this.#held.push({ chunk, dueMs: this.#freeAtMs + latencyMs });
    this.#heldBytes += chunk.length;
    this.#pass();
  }

  #pass(): void {
    clearTimeout(this.#timer);
    if (this.#isFrozen || this.#to.destroyed) return;
    const nowMs = performance.now();
    for (let head = this.#held[0]; head !== undefined && head.dueMs <= nowMs; head = this.#held[0]) {
      this.#held.shift();
      this.#heldBytes -= head.chunk.length;
      this.#to.write(head.chunk);
    }
    const [head] = this.#held;
    if (head !== undefined) this.#timer = setTimeout(() => this.#pass(), head.dueMs - nowMs);
    else if (this.#hasEnded) this.#to.end();
    if (this.#heldBytes > MAX_HELD_BYTES || this.#to.writableNeedDrain) this.#from.pause();
    else this.#from.resume();
  }
}
