import { Dice } from './dice.ts';
import { type Fault, faults, type Heal, longFaults, type Target } from './faults.ts';
import { pause } from './pause.ts';
import type { Stage } from './stage.ts';

/** One entry of the plan. */
export interface Planned {
  readonly atMs: number;
  readonly name: string;
  readonly holdMs: number;
}

const longestGapMs = 5_500;
const shortestGapMs = 800;
/** A plan that is shorter has no long faults: it would be nothing but one of them. The first seconds of a run are none. */
const longRunMs = 4.5 * 60_000;
/** After so many short faults comes a long one. */
const shortPerLong = 12;

/**
 * Which fault comes when and for how long: nothing but the seed decides. They are dealt like cards, so that each comes
 * once before any comes twice. A run of five minutes or more has long ones among them, from a deck of their own.
 */
export function planOf(seed: string, durationMs: number): readonly Planned[] {
  const dice = new Dice(`${seed}/saboteur`);
  const plan: Planned[] = [];
  const decks = { short: [] as string[], long: [] as string[] };
  const deal = (deck: string[], all: Readonly<Record<string, Fault>>): string => {
    if (deck.length === 0) deck.push(...dice.shuffled(Object.keys(all)));
    return deck.pop() ?? '';
  };
  for (let atMs = 0; atMs < durationMs; atMs += dice.between(shortestGapMs, longestGapMs)) {
    const isLong = durationMs >= longRunMs && plan.length % (shortPerLong + 1) === shortPerLong;
    const name = isLong ? deal(decks.long, longFaults) : deal(decks.short, faults);
    const [shortest, longest] = faultNamed(name).holdMs;
    plan.push({ atMs, name, holdMs: dice.between(shortest, longest) });
  }
  return plan;
}

function faultNamed(name: string): Fault {
  const fault = faults[name] ?? longFaults[name];
  if (fault === undefined) throw new Error(`there is no fault ${name}`);
  return fault;
}

/** Carries a plan out. Faults of different targets overlap; one whose target is broken already waits for it. */
export class Saboteur {
  /** How often each fault has struck. */
  readonly struck: Record<string, number> = {};
  /** What could not be broken or healed: the harness's own failures. */
  readonly failures: string[] = [];
  readonly #stage: Stage;
  readonly #dice: Dice;
  readonly #now = new Set<string>();
  readonly #turns = new Map<Target, Promise<void>>();

  constructor(stage: Stage, seed: string) {
    this.#stage = stage;
    this.#dice = new Dice(`${seed}/strikes`);
  }

  /** The faults of this moment. */
  get present(): readonly string[] {
    return [...this.#now];
  }

  /** Resolves once the plan is through or the signal says that it is enough, and everything is healed. */
  async carryOut(plan: readonly Planned[], enough: AbortSignal): Promise<void> {
    const begin = performance.now();
    for (const planned of plan) {
      await pause(Math.max(0, planned.atMs - (performance.now() - begin)), enough);
      if (enough.aborted) break;
      const { target } = faultNamed(planned.name);
      const turn = this.#turns.get(target) ?? Promise.resolve();
      this.#turns.set(
        target,
        turn.then(() => this.#inflict(planned, enough)),
      );
    }
    await Promise.all(this.#turns.values());
  }

  async #inflict({ name, holdMs }: Planned, enough: AbortSignal): Promise<void> {
    if (enough.aborted) return;
    this.#now.add(name);
    try {
      const heal: Heal = await faultNamed(name).strike(this.#stage, this.#dice.for(name));
      this.struck[name] = (this.struck[name] ?? 0) + 1;
      await pause(holdMs, enough);
      await heal();
    } catch (error) {
      const at = new Date().toISOString();
      this.failures.push(
        `${name}, ${at}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    } finally {
      this.#now.delete(name);
    }
  }
}

/** How often a kind of fault has struck, among all of its names. */
export function countOf(struck: Readonly<Record<string, number>>, kind: Fault['kind']): number {
  return Object.entries(struck)
    .filter(([name]) => faultNamed(name).kind === kind)
    .reduce((sum, [, count]) => sum + count, 0);
}
