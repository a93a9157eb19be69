import { hashOf } from '../../../engine/saga/hash.ts';
import { mix } from '../random.ts';

type Members = Readonly<Record<string, unknown>>;
export type Answer = { readonly done: Members } | { readonly refused: Members };

/** Some of what an outside may say, from the schemas of the events that carry it. */
export interface Samples {
  readonly done: readonly Members[];
  /** Empty if nobody can refuse. */
  readonly refused: readonly Members[];
  readonly undone: readonly Members[];
  /** Empty if it waits for nobody. */
  readonly waits: readonly Members[];
  /** Empty if it undoes whatever it is asked to. */
  readonly impasse: readonly Members[];
}

/** What an outside holds for one saga: how often it was done, and whether it still is. */
export interface Holding {
  readonly effects: number;
  /** Undefined if there is nothing that could be held. */
  readonly isHeld: boolean | undefined;
  /** It may once have answered that it has not decided yet. */
  readonly wasUndecided?: boolean;
}

/** Which sagas it refuses: some, by the seed, or all or none. `silent`: it answers none that is still wanted. */
export type Refusals = { readonly seed: number } | 'all' | 'none' | 'silent';

/** Of so many sagas one is refused. */
const REFUSED = 0.15;
/** Of so many that could wait, or not be undone, one is. */
const ODD = 0.4;
/** How often it is asked at most while it waits for somebody. */
const MAX_WAITS = 3;

interface Entry {
  readonly request: string;
  readonly answer: Answer;
  undone: Members | undefined;
}

/**
 * The world outside of a step, as every outside has to be: whoever asks again for a saga gets the same answer, and
 * what they ask for is done once.
 */
export class Ledger {
  readonly #service: string;
  readonly #samples: Samples;
  readonly #refusals: Refusals;
  readonly #entries = new Map<string, Entry>();
  readonly #waited = new Map<string, number>();

  constructor(service: string, samples: Samples, refusals: Refusals) {
    this.#service = service;
    this.#samples = samples;
    this.#refusals = refusals;
  }

  /** Whether it has not decided yet, and need not any more if nobody wants it. */
  isSilent(sagaId: string, unwanted: boolean): boolean {
    return this.#refusals === 'silent' && !unwanted && !this.#entries.has(sagaId);
  }

  /** What it says while somebody has to act before it can decide; undefined once they have, or if nobody wants it. */
  waits(sagaId: string, unwanted: boolean): Members | undefined {
    const { waits } = this.#samples;
    if (waits.length === 0 || unwanted || this.#entries.has(sagaId)) return undefined;
    const waited = this.#waited.get(sagaId) ?? 0;
    if (waited >= Math.round(MAX_WAITS * this.#oddness(sagaId, 'waits'))) return undefined;
    this.#waited.set(sagaId, waited + 1);
    return this.#pick(waits, sagaId);
  }

  /** Why it never undoes what it has done; undefined if it does. */
  impasse(sagaId: string): Members | undefined {
    const { impasse } = this.#samples;
    const isStuck = impasse.length > 0 && this.#oddness(sagaId, 'impasse') > 0;
    return isStuck ? this.#pick(impasse, sagaId) : undefined;
  }

  /** From 0, for most, to 1. */
  #oddness(sagaId: string, what: string): number {
    const draw = mix(hashOf(this.#service), hashOf(sagaId), hashOf(what)) / 2 ** 32;
    return draw < ODD ? 1 - draw / ODD : 0;
  }

  /** @throws Error if something else was asked for this saga before */
  ask(sagaId: string, request: Members): Answer {
    const text = JSON.stringify(request);
    const entry = this.#entries.get(sagaId) ?? {
      request: text,
      answer: this.#decide(sagaId, request),
      undone: undefined,
    };
    if (entry.request !== text)
      throw new Error(`${sagaId} was asked with ${entry.request} before, now with ${text}`);
    this.#entries.set(sagaId, entry);
    return entry.answer;
  }

  /** @throws Error if it was never done */
  undo(sagaId: string, done: Members): Members {
    const entry = this.#entries.get(sagaId);
    if (entry === undefined || 'refused' in entry.answer) throw new Error(`${sagaId} was never done`);
    entry.undone ??= echoed(this.#pick(this.#samples.undone, sagaId), done);
    return entry.undone;
  }

  holding(sagaId: string): Holding {
    const entry = this.#entries.get(sagaId);
    if (entry === undefined || 'refused' in entry.answer) return { effects: 0, isHeld: false };
    return { effects: 1, isHeld: entry.undone === undefined };
  }

  /** Everything that it has been asked. */
  get entries(): ReadonlyMap<string, unknown> {
    return this.#entries;
  }

  #decide(sagaId: string, request: Members): Answer {
    const { done, refused } = this.#samples;
    return refused.length > 0 && this.#refuses(sagaId)
      ? { refused: this.#pick(refused, sagaId) }
      : { done: echoed(this.#pick(done, sagaId), request) };
  }

  #refuses(sagaId: string): boolean {
    if (typeof this.#refusals === 'string') return this.#refusals !== 'none';
    return mix(this.#refusals.seed, hashOf(this.#service), hashOf(sagaId)) / 2 ** 32 < REFUSED;
  }

  #pick(samples: readonly Members[], sagaId: string): Members {
    return samples[hashOf(sagaId) % samples.length] ?? {};
  }
}

/** What was said already is said again as it was. */
const echoed = (sample: Members, said: Members): Members =>
  Object.fromEntries(
    Object.entries(sample).map(([name, value]) => [name, name in said ? said[name] : value]),
  );
