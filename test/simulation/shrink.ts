import type { PlannedFault } from './faults.ts';
import { withoutLogs } from './quiet.ts';
import { type Run, run, type Script } from './run.ts';

/** A run is short, but a search must end. */
const MAX_RUNS = 600;

/**
 * The smallest script that still breaks the same promise: actors and faults are left out as long as it does
 * (delta debugging, https://www.debuggingbook.org/html/DeltaDebugger.html).
 */
export const shrink = (failed: Run): Promise<Script> => withoutLogs(() => new Shrinker(failed).shrink());

class Shrinker {
  readonly #promise: string | undefined;
  #best: Script;
  #left = MAX_RUNS;

  constructor({ script, faults, violation }: Run) {
    this.#promise = violation?.promise;
    this.#best = { seed: script.seed, faults: script.faults ?? faults };
  }

  async shrink(): Promise<Script> {
    // Exactly the same again: if not even that, the run depends on something besides its script.
    if (!(await this.#try(this.#best))) return { seed: this.#best.seed };
    await this.#try({ ...this.#best, order: 'arrival' });
    await this.#leaveOutActors();
    await this.#leaveOutFaults();
    await this.#leaveOutActors();
    await this.#try({ ...this.#best, order: 'arrival' });
    return this.#best;
  }

  async #try(script: Script): Promise<Run | undefined> {
    if (this.#left <= 0) return undefined;
    this.#left -= 1;
    const result = await run(script);
    if (result.violation?.promise !== this.#promise) return undefined;
    // Faults whose place never came have no part in it.
    this.#best = { ...script, faults: result.faults };
    return result;
  }

  async #leaveOutActors(): Promise<void> {
    const { actors } = await run(this.#best);
    for (const actor of actors) {
      await this.#try({ ...this.#best, without: [...(this.#best.without ?? []), actor] });
    }
  }

  async #leaveOutFaults(): Promise<void> {
    for (
      let size = Math.ceil(this.#faults.length / 2);
      size >= 1;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let start = 0; start < this.#faults.length; ) {
        const fewer = this.#faults.toSpliced(start, size);
        if ((await this.#try({ ...this.#best, faults: fewer })) === undefined) start += size;
      }
    }
  }

  get #faults(): readonly PlannedFault[] {
    return this.#best.faults ?? [];
  }
}
