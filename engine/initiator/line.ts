import type { SagaId } from '../saga/ids.ts';

/** Fewer than these are a batch or two under way, and no line. */
const FEWEST = 20;
/** So many are looked at at once, to find the last one that is through. */
const LOOKED_AT_ONCE = 10;
/** A saga that is younger may be under way, however little there is to do. */
const UNDER_WAY_MS = 1_000;
/** Evens out that a batch ends at once. */
const SMOOTHING_MS = 5_000;
/** An older look counts for nothing: the environment may have slept since. */
const STALE_MS = 30_000;
/** Whoever began before has a reason of its own to be late. */
const FORGOTTEN_AFTER_MS = 60_000;
/** Bounds the memory. They are more than an environment begins in the time after which it forgets them. */
const MOST_REMEMBERED = 100_000;

interface Begun {
  readonly sagaId: SagaId;
  readonly atMs: number;
}

/**
 * The sagas that one environment began and that are not known to be through, in their order, and how fast they get
 * through: so it knows how long one more would wait (Little's law). Sagas get through about in their order, so one that
 * is through stands for all before it. One that waits for somebody holds up no other that way.
 *
 * Each environment sees its own part of the sagas, at its own part of the rate, so the quotient is that of all. It
 * compares only times of its own clock. A new environment knows nothing, and says that nobody waits.
 */
export class Line {
  #begun: Begun[] = [];
  /** How fast they get through; undefined while none of them has to wait. */
  #perSecond: number | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #movedMs = Number.NEGATIVE_INFINITY;

  joined(sagaId: SagaId, atMs: number): void {
    if (this.#begun.length < MOST_REMEMBERED) this.#begun.push({ sagaId, atMs });
  }

  /** Looked at first: if it is through, nobody waits. Undefined if too few have begun to be a line. */
  newest(nowMs: number): SagaId | undefined {
    this.#forget(nowMs);
    if (this.#begun.length < FEWEST) return undefined;
    return this.#begun.findLast(({ atMs }) => nowMs - atMs >= UNDER_WAY_MS)?.sagaId;
  }

  /** Looked at next, to find out how far the line has moved: some of all. `through`: some behind the last of these. */
  spread(through?: ReadonlySet<SagaId>): readonly SagaId[] {
    const step = this.#begun.length / LOOKED_AT_ONCE;
    const from = through === undefined ? 0 : this.#countUpTo(through);
    const part = through === undefined ? this.#begun : this.#begun.slice(from, from + Math.ceil(step));
    const every = Math.max(1, part.length / LOOKED_AT_ONCE);
    return part.filter((_, index) => index % every < 1).map(({ sagaId }) => sagaId);
  }

  /** What a look has found. */
  moved(through: ReadonlySet<SagaId>, nowMs: number): void {
    this.#lookedMs = nowMs;
    const [first] = this.#begun;
    const count = this.#countUpTo(through);
    // While nothing moves, nobody knows how fast it will go when it does.
    if (count === 0 || first === undefined) return;
    const tookMs = Math.max(1, nowMs - Math.max(this.#movedMs, first.atMs));
    this.#begun = this.#begun.slice(count);
    this.#movedMs = nowMs;
    const [next] = this.#begun;
    const isLine = next !== undefined && nowMs - next.atMs > UNDER_WAY_MS;
    this.#perSecond = isLine ? smoothed(this.#perSecond, (count * 1_000) / tookMs, tookMs) : undefined;
  }

  /** How long a saga that began now would wait, as far as is known. */
  waitSeconds(nowMs: number): number {
    const sinceMs = nowMs - this.#lookedMs;
    if (this.#perSecond === undefined || this.#begun.length < FEWEST || sinceMs > STALE_MS) return 0;
    return Math.max(0, this.#begun.length / this.#perSecond - sinceMs / 1_000);
  }

  #countUpTo(through: ReadonlySet<SagaId>): number {
    return 1 + this.#begun.findLastIndex(({ sagaId }) => through.has(sagaId));
  }

  #forget(nowMs: number): void {
    const kept = this.#begun.findIndex(({ atMs }) => nowMs - atMs <= FORGOTTEN_AFTER_MS);
    if (kept !== 0) this.#begun = kept === -1 ? [] : this.#begun.slice(kept);
  }
}

function smoothed(before: number | undefined, perSecond: number, tookMs: number): number {
  if (before === undefined) return perSecond;
  const weight = tookMs / (tookMs + SMOOTHING_MS);
  return before + (perSecond - before) * weight;
}
