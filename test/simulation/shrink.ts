import type { PlannedFault } from './faults.ts';
import { withoutLogs } from './quiet.ts';
import { type Run, run } from './run.ts';
import type { Script } from './script.ts';
import { ONE_QUEUE_EACH } from './world/world.ts';

/** What the search needs to know of a run. */
export type Tried = Pick<Run, 'script' | 'faults' | 'violation' | 'actors'>;

/** A run takes about a millisecond, and a search must end. */
const MAX_RUNS = 3_000;
/** A fault less, and what follows happens in another order; so each smaller script is tried in a few. */
const SCHEDULES = 8;

/**
 * The smallest script that still breaks the same promise: actors and faults are left out as long as it does
 * (delta debugging, https://www.debuggingbook.org/html/DeltaDebugger.html).
 */
export const shrink = (failed: Tried, attempt: (script: Script) => Promise<Tried> = run): Promise<Script> =>
  withoutLogs(() => new Shrinker(failed, attempt).shrink());

class Shrinker {
  readonly #attempt: (script: Script) => Promise<Tried>;
  readonly #original: Script;
  readonly #promise: string | undefined;
  #best: Script;
  #actors: readonly number[];
  #left = MAX_RUNS;

  constructor({ script, faults, violation, actors }: Tried, attempt: (script: Script) => Promise<Tried>) {
    this.#attempt = attempt;
    this.#original = script;
    this.#promise = violation?.promise;
    this.#actors = actors;
    this.#best = { ...script, faults };
  }

  async shrink(): Promise<Script> {
    // Exactly the same again: if not even that breaks it, the faults are not all that it depends on.
    if (!(await this.#try(this.#best))) return this.#original;
    for (let size = Number.POSITIVE_INFINITY; this.#size < size; ) {
      size = this.#size;
      await this.#try({ ...this.#best, order: 'arrival' });
      await this.#try({ ...this.#best, shards: ONE_QUEUE_EACH });
      await this.#leaveOutActors();
      await this.#leaveOutFaults();
    }
    return this.#best;
  }

  get #faults(): readonly PlannedFault[] {
    return this.#best.faults ?? [];
  }

  get #size(): number {
    return this.#faults.length + this.#actors.length;
  }

  async #try(script: Script): Promise<boolean> {
    if (this.#left <= 0) return false;
    this.#left -= 1;
    const { violation, faults, actors } = await this.#attempt(script);
    if (violation?.promise !== this.#promise) return false;
    // Faults whose place never came have no part in it.
    this.#best = { ...script, faults };
    this.#actors = actors;
    return true;
  }

  async #tryInSomeOrder(script: Script): Promise<boolean> {
    if (await this.#try(script)) return true;
    if (script.order === 'arrival') return false;
    for (let schedule = 0; schedule < SCHEDULES; schedule += 1) {
      if (schedule !== script.schedule && (await this.#try({ ...script, schedule }))) return true;
    }
    return false;
  }

  async #leaveOutActors(): Promise<void> {
    for (const actor of this.#actors) {
      await this.#tryInSomeOrder({ ...this.#best, without: [...(this.#best.without ?? []), actor] });
    }
  }

  async #leaveOutFaults(): Promise<void> {
    for (let size = this.#faults.length; size >= 1; size = Math.floor(size / 2)) {
      for (let start = 0; start < this.#faults.length; ) {
        const fewer = this.#faults.toSpliced(start, size);
        if (!(await this.#tryInSomeOrder({ ...this.#best, faults: fewer }))) start += size;
      }
    }
  }
}
