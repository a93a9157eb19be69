import type { Item } from '../../../engine/batch/store.ts';
import { flawOfErasure } from '../checker/forgotten.ts';
import { roleOf } from '../checker/roles.ts';
import { rowOf } from '../checker/row.ts';
import type { Lambda } from '../lambda.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';

/** In so many seeds somebody is forgotten while others go on. */
const FORGETTING_SEEDS = 0.25;
const LAST_STEP = 300;
/** Enough for every saga of a run, one at a time, and then for all of it again. */
const MAX_ROUNDS = 60;

/** Whoever has sagas forgotten: the schedule those that ended some time ago, and an operator those of one owner. */
export class Forgetter {
  readonly isHere: boolean;
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #random: Random;
  readonly #owners: readonly string[];

  constructor(simulation: Simulation, lambda: Lambda, owners: readonly string[]) {
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#random = new Random(simulation.seed, 41);
    this.#owners = [...new Set(owners)];
    this.isHere = owners.length > 0 && this.#random.chance(FORGETTING_SEEDS);
  }

  start(): void {
    if (!this.isHere) return;
    const { scheduler, step } = this.#simulation;
    for (let acts = this.#random.below(5); acts > 0; acts -= 1) {
      const run = this.#random.chance(0.5)
        ? () => this.#retain()
        : () => this.#erase(this.#random.pick(this.#owners), this.#random.chance(0.2));
      scheduler.addAtStep(step + this.#random.below(LAST_STEP), { run });
    }
  }

  /** `secrets`: what must not be found anywhere any more, besides the owners' names. */
  judge(secrets: readonly string[]): void {
    const { checker, world } = this.#simulation;
    if (this.isHere) checker.fail('privacy', flawOfErasure(world, [...this.#owners, ...secrets]));
  }

  /** Everything has ended, and is forgotten. `settle`: lets it happen. */
  async finish(settle: () => Promise<boolean>): Promise<void> {
    const { checker, trace, world } = this.#simulation;
    trace.say(() => 'everything is forgotten');
    // Longer than a saga is kept, by a clock that was wrong.
    this.#simulation.passTime(5 * 3_600_000 + this.#simulation.world.clock.setBackMs);
    // Each of the two has to find everything by itself.
    if (this.#random.chance(0.5)) {
      // The first may go on where another has stopped; the second finds all that is left.
      for (let round = 0; round < 2; round += 1) {
        this.#retain(MAX_ROUNDS);
        if (!(await settle())) return;
      }
    } else {
      for (const owner of this.#owners) {
        this.#erase(owner, false, MAX_ROUNDS);
        if (!(await settle())) return;
      }
    }
    const left = [...world.sagas.values()].find((item) => !rowOf(item)?.forgotten && !this.#isUnderWay(item));
    if (left !== undefined) checker.fail('privacy', `${left.pk} is not forgotten`);
  }

  /** Every dead letter is redriven: what was written because of one is found by the retention alone. */
  async finishAfterRedrive(settle: () => Promise<boolean>): Promise<void> {
    await this.finish(settle);
    for (let round = 0; round < 2; round += 1) {
      this.#retain(MAX_ROUNDS);
      if (!(await settle())) return;
    }
  }

  /** Whoever hears of outcomes may have to be told again, by a redrive. */
  #isUnderWay(item: Item): boolean {
    const { world } = this.#simulation;
    return world.cast.players.some((player) => {
      const record = world.recordOf(player.service, String(rowOf(item)?.[world.cast.saga.id.name]));
      return !('begins' in player.part) && roleOf(player, record) === 'under way';
    });
  }

  #retain(rounds = 0): void {
    this.#simulation.trace.say(() => 'retention');
    this.#lambda.invoke('retain', {}, (end) => {
      const { more } = (end.kind === 'returned' ? end.value : {}) as { readonly more?: boolean };
      this.#simulation.coverage.count('retention');
      if (more && rounds > 0) this.#again(() => this.#retain(rounds - 1));
    });
  }

  #erase(owner: string, dryRun: boolean, rounds = 0): void {
    const { coverage, trace } = this.#simulation;
    trace.say(() => `${owner} is erased${dryRun ? ', it seems' : ''}`);
    this.#lambda.invoke('erase', { owner, reason: 'request 7', dryRun }, (end) => {
      const { more, forgotten = 0 } = (end.kind === 'returned' ? end.value : {}) as {
        readonly more?: boolean;
        readonly forgotten?: number;
      };
      if (forgotten > 0 && !dryRun) coverage.count('erased');
      if (more && rounds > 0) this.#again(() => this.#erase(owner, dryRun, rounds - 1));
    });
  }

  #again(run: () => void): void {
    this.#simulation.scheduler.add({ run });
  }
}
