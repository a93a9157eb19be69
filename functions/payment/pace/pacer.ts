import { Deferred } from '../../../engine/batch/deferred.ts';
import { Backoff } from './backoff.ts';
import { type Limit, Window } from './window.ts';

export interface Limits {
  /** Of all calls together. Undefined: there is none. */
  readonly all: Limit | undefined;
  /** Of each endpoint's. Undefined: there is none. */
  readonly endpoint: Limit | undefined;
}

/** A clock that is never set back, and its timers. */
export interface Timing {
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => void;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Endpoint {
  readonly name: string;
  /** Its calls begin something. Calls that go on with what was begun come first, or much would be begun and little ended. */
  readonly begins: boolean;
}

interface Waiting {
  readonly order: number;
  readonly lastMs: number;
  readonly go: () => void;
  readonly refuse: (why: Deferred) => void;
}

interface Lane {
  readonly begins: boolean;
  readonly window: Window | undefined;
  readonly waiting: Waiting[];
}

/**
 * Each pause for a refusal makes the pace so much slower, and each call that succeeds makes it a little faster again, up
 * to the limits: the provider may allow less than it documents, and others may use its rate, too.
 */
const SLOWER = 1.5;
const FASTER = 0.998;
const SLOWEST = 16;

/**
 * Lets calls go one after another, as fast as the limits allow. They go in the order they came in, except that a call
 * waits for no call of another endpoint that may not go yet. After a refusal all calls pause.
 */
export class Pacer {
  readonly #limits: Limits;
  readonly #timing: Timing;
  readonly #all: Window | undefined;
  readonly #lanes = new Map<string, Lane>();
  readonly #backoff: Backoff;
  #slowness = 1;
  #waiting = 0;
  #arrived = 0;
  #wakesMs = Number.POSITIVE_INFINITY;

  constructor(limits: Limits, timing: Timing) {
    this.#limits = limits;
    this.#timing = timing;
    this.#all = limits.all && new Window(limits.all);
    this.#backoff = new Backoff(timing.random);
  }

  /**
   * Resolves when the call may be made; undefined if that is now.
   * @throws Deferred if it may not be made within so many milliseconds
   */
  turn(endpoint: Endpoint, withinMs: number): Promise<void> | undefined {
    if (withinMs < 0) throw new Deferred(`no time is left for ${endpoint.name}`, 0);
    const nowMs = this.#timing.now();
    const lane = this.#laneOf(endpoint);
    if (this.#waiting === 0 && this.#nextOf(lane) <= nowMs) {
      this.#take(lane, nowMs);
      return undefined;
    }
    const expectedMs = this.#queuedMs(lane);
    if (expectedMs > withinMs) throw new Deferred(`too many calls of ${endpoint.name} wait`, expectedMs);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#arrived += 1;
    this.#waiting += 1;
    lane.waiting.push({
      order: this.#arrived,
      lastMs: nowMs + withinMs,
      go: resolve,
      refuse: reject,
    });
    this.#letGo();
    return promise;
  }

  /** A call failed at the provider: all calls pause. `askedMs`: for so long, as the answer says. Returns whether that is new. */
  pause(calledMs: number, askedMs?: number): boolean {
    return this.#backoff.begin(this.#timing.now(), calledMs, askedMs);
  }

  /** A call came too soon: all calls pause, and go on more slowly. */
  slowDown(calledMs: number, askedMs?: number): void {
    if (this.pause(calledMs, askedMs)) this.#slowness = Math.min(SLOWEST, this.#slowness * SLOWER);
  }

  goOn(calledMs: number): void {
    this.#backoff.end(calledMs);
    this.#slowness = Math.max(1, this.#slowness * FASTER);
  }

  /** How long a call would wait that is not made now, if no other were waiting. */
  get pausedMs(): number {
    const nowMs = this.#timing.now();
    return Math.max(0, this.#backoff.untilMs - nowMs, (this.#all?.nextMs(this.#slowness) ?? nowMs) - nowMs);
  }

  #laneOf({ name, begins }: Endpoint): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const { endpoint } = this.#limits;
    const lane: Lane = { begins, window: endpoint && new Window(endpoint), waiting: [] };
    this.#lanes.set(name, lane);
    return lane;
  }

  #nextOf({ window }: Lane): number {
    return Math.max(
      this.#backoff.untilMs,
      window?.nextMs(this.#slowness) ?? Number.NEGATIVE_INFINITY,
      this.#all?.nextMs(this.#slowness) ?? Number.NEGATIVE_INFINITY,
    );
  }

  /** How long those take that wait already. A pause is not counted: waiting for its end is what slows a flood down. */
  #queuedMs({ window, waiting }: Lane): number {
    return Math.max(waiting.length * (window?.intervalMs ?? 0), this.#waiting * (this.#all?.intervalMs ?? 0));
  }

  #take(lane: Lane, nowMs: number): void {
    lane.window?.take(nowMs);
    this.#all?.take(nowMs);
  }

  #letGo(): void {
    const nowMs = this.#timing.now();
    this.#refuseLate(nowMs);
    for (;;) {
      const lane = this.#first(nowMs);
      const next = lane?.waiting.shift();
      if (lane === undefined || next === undefined) break;
      this.#waiting -= 1;
      this.#take(lane, nowMs);
      next.go();
    }
    this.#wakeLater(nowMs);
  }

  /** The lane whose first call goes next, if any may go now. */
  #first(nowMs: number): Lane | undefined {
    let first: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length === 0 || this.#nextOf(lane) > nowMs) continue;
      if (first === undefined || goesBefore(lane, first)) first = lane;
    }
    return first;
  }

  #refuseLate(nowMs: number): void {
    for (const lane of this.#lanes.values()) {
      const late = lane.waiting.filter(({ lastMs }) => lastMs < nowMs);
      if (late.length === 0) continue;
      const afterMs = Math.max(0, this.#nextOf(lane) - nowMs);
      lane.waiting.splice(0, lane.waiting.length, ...lane.waiting.filter(({ lastMs }) => lastMs >= nowMs));
      this.#waiting -= late.length;
      for (const { refuse } of late) refuse(new Deferred('its turn did not come in time', afterMs));
    }
  }

  /** Wakes when the next call may go, or can go no more. */
  #wakeLater(nowMs: number): void {
    let wakesMs = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) {
      const [first] = lane.waiting;
      if (first !== undefined) wakesMs = Math.min(wakesMs, this.#nextOf(lane), first.lastMs + 1);
    }
    if (wakesMs >= this.#wakesMs) return;
    this.#wakesMs = wakesMs;
    this.#timing.after(Math.max(1, Math.ceil(wakesMs - nowMs)), () => {
      if (this.#wakesMs === wakesMs) this.#wakesMs = Number.POSITIVE_INFINITY;
      this.#letGo();
    });
  }
}

function goesBefore(one: Lane, other: Lane): boolean {
  if (one.begins !== other.begins) return other.begins;
  return (one.waiting[0]?.order ?? 0) < (other.waiting[0]?.order ?? 0);
}
