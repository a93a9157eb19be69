import fc from 'fast-check';
import { afterAll, beforeAll, vi } from 'vitest';

/** `FUZZ_SEED=… npm run fuzz` runs the same inputs again; `FUZZ_INPUTS=…` more or fewer of them. */
const seed = Number(process.env.FUZZ_SEED || Date.now() % 2 ** 31);
const allInputs = Number(process.env.FUZZ_INPUTS || 100_000);
/** With fewer inputs than this, an event may be missing by chance. */
const INPUTS_TO_SEE_ALL = 50_000;

/** The inputs of one part of a campaign; the parts' shares add up to 1. */
export const shareOf = (part: number): number => Math.ceil(allInputs * part);

/** Counts what happened, so a run fails if something never did. */
export class Sightings {
  readonly #counts = new Map<string, number>();

  saw(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** The expected sightings that never happened, if there were enough inputs. */
  missing(expected: readonly string[]): readonly string[] {
    return allInputs < INPUTS_TO_SEE_ALL ? [] : expected.filter((what) => this.count(what) === 0);
  }

  toString(): string {
    const sorted = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([what, count]) => `${what} ×${count}`).join(', ');
  }
}

/** Checks one input after another. Each round has its own inputs. A failure prints the seed and the shrunk input. */
export async function check<T>(
  inputs: fc.Arbitrary<T>,
  runs: number,
  verify: (input: T) => Promise<void>,
  round = 0,
): Promise<void> {
  await fc.assert(fc.asyncProperty(inputs, verify), { seed: seed + round, numRuns: runs });
}

/** Captures the functions' log lines for the present input, to show them only if it fails. */
export function quietLogs(): { readonly lines: string[] } {
  const lines: string[] = [];
  beforeAll(() => {
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      JSON.parse(String(line));
      lines.push(String(line));
      return true;
    });
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return { lines };
}

export const report = (what: string, sightings: Sightings): void =>
  console.log(`${what}, seed ${seed}: ${sightings.toString()}`);
