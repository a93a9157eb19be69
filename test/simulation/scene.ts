import { Customer } from './actors/customer.ts';
import { Forgetter } from './actors/forgetter.ts';
import { Hoarder } from './actors/hoarder.ts';
import { Operator } from './actors/operator.ts';
import { Settler } from './actors/settler.ts';
import { MINUTE_MS, type Workload } from './actors/workload.ts';
import { statusOf } from './checker/row.ts';
import { Coverage } from './coverage.ts';
import type { Aside, Deployment } from './deployment.ts';
import { disturb } from './disturbances.ts';
import { EventSources } from './event-source.ts';
import { RandomPlan, ScriptedPlan } from './faults.ts';
import { Lambda } from './lambda.ts';
import { Random } from './random.ts';
import type { Script } from './script.ts';
import { Simulation } from './simulation.ts';
import type { Refusals } from './world/ledger.ts';
import { ONE_QUEUE_EACH, type Restored, World } from './world/world.ts';

export interface RunOptions {
  readonly isTraced?: boolean;
  /** Where to count what happens. Any number of runs may share it. */
  readonly coverage?: Coverage;
  /** The tables were put back, and everything else is gone but the provider. */
  readonly restored?: Restored;
  /** Nobody is forgotten before everything has ended. */
  readonly keepsAll?: boolean;
}

/** Everything that takes part in one run. */
export class Scene {
  readonly simulation: Simulation;
  readonly lambda: Lambda;
  readonly sources: EventSources;
  readonly customers: readonly Customer[];
  readonly operators: readonly Operator[];
  readonly hoarders: readonly Hoarder[];
  readonly forgetter: Forgetter;
  readonly workload: Workload;
  readonly plan: RandomPlan | ScriptedPlan;
  callsAmongFaults = 0;
  readonly #random: Random;
  readonly #aside: Aside | undefined;
  readonly #settler: Settler;
  #nextTickMs: number;

  constructor(
    deployment: Deployment,
    script: Script,
    { isTraced = false, coverage = new Coverage(), restored, keepsAll = false }: RunOptions,
  ) {
    const { seed, faults, without = [], order = 'random', schedule = 0, scenario } = script;
    const { shards = scenario === undefined ? shardsOf(seed) : ONE_QUEUE_EACH } = script;
    this.workload =
      scenario === undefined
        ? deployment.workloadOf(seed)
        : deployment.scenarioOf(scenario, script.redelivery);
    this.plan = faults === undefined ? new RandomPlan(seed, this.workload.favours) : new ScriptedPlan(faults);
    const world = new World(deployment.cast, {
      refusals: (service) => refusalsOf(seed, this.workload, service),
      shards,
      ...(restored === undefined ? {} : { restored }),
    });
    const { plan } = this;
    const rules = deployment.rulesOf(world, seed, coverage);
    this.simulation = new Simulation({ world, rules, seed, plan, order, schedule, isTraced, coverage });
    this.lambda = new Lambda(this.simulation, deployment.functions, this.workload.sharesEnvironments);
    this.#random = new Random(seed, 10, schedule);
    const { concurrency, maxBatch, firstTickMs } = this.workload;
    this.sources = new EventSources(this.simulation, this.lambda, {
      concurrency,
      batchSize: () => 1 + this.#random.below(maxBatch),
      redelivery: this.workload.redelivery,
      window: this.workload.window,
    });
    const { desk } = deployment;
    const { redelivery } = this.workload;
    const takesPart = ({ id }: { readonly id: number }) => !without.includes(id);
    this.customers = this.workload.customers
      .filter(takesPart)
      .map((plan) => new Customer(plan, this.simulation, this.lambda, { redelivery, desk }));
    this.operators = this.workload.operators
      .filter(takesPart)
      .map((plan) => new Operator(plan, this.simulation, this.lambda));
    this.hoarders = (this.workload.hoarders ?? [])
      .filter(takesPart)
      .map((plan) => new Hoarder(plan, this.simulation, this.lambda));
    this.#nextTickMs = this.simulation.world.clock.nowMs + firstTickMs;
    this.#settler = new Settler(this.simulation, this.lambda);
    this.#aside = deployment.aside?.(this.simulation, this.lambda, this.workload);
    if (restored === undefined) this.#fillShelves();
    else this.simulation.checker.takesOver();
    const isForgetting = scenario === undefined && !keepsAll;
    const owners = [...this.customers, ...this.hoarders].map(({ plan }) => plan.name);
    this.forgetter = new Forgetter(this.simulation, this.lambda, isForgetting ? owners : []);
  }

  /** What customers have told of themselves. */
  get secrets(): readonly string[] {
    return this.customers.flatMap(({ secrets }) => secrets);
  }

  start(): void {
    this.forgetter.start();
    for (const actor of [...this.customers, ...this.operators, ...this.hoarders]) actor.start();
  }

  /** Lets one thing happen. False: nothing is left to happen, and everything has ended. */
  advance(): boolean {
    const { simulation } = this;
    const { world, scheduler } = simulation;
    simulation.step += 1;
    simulation.trace.step = simulation.step;
    world.clock.advance(1 + this.#random.below(10));
    if (simulation.areFaultsOn) disturb(simulation, this.lambda, () => this.#passTime());
    this.#settler.advance();
    this.#aside?.advance();
    world.broker.move();
    const ready = this.sources.ready();
    scheduler.wake(simulation.step, scheduler.waiting + ready.length === 0);
    const isIdle = scheduler.waiting + ready.length === 0;
    if (isIdle && this.#isQuiet()) return false;
    if (isIdle) this.#passTime();
    else scheduler.take(ready)?.run();
    return true;
  }

  /** Lets arrive what others outside have still to say. False if nothing is left. */
  finishAside(): boolean {
    return this.#aside?.finish() ?? false;
  }

  /** Those that have not ended, and those of whose end somebody who has to hear of it may not have heard. */
  get openSagas(): readonly string[] {
    return [...this.simulation.world.sagas.values()]
      .filter(
        (item) => !['CONFIRMED', 'CANCELLED'].includes(statusOf(item)) || item.dueEpochSeconds !== undefined,
      )
      .map(({ pk }) => pk);
  }

  #isQuiet(): boolean {
    const { world, live, scheduler } = this.simulation;
    return (
      live.size === 0 &&
      !scheduler.isAnythingAsleep &&
      world.broker.heldCount === 0 &&
      world.broker.nextMoveMs() === Number.POSITIVE_INFINITY &&
      world.cast.saga.services.every((service) => world.waitingFor(service) === 0) &&
      this.openSagas.length === 0
    );
  }

  /** To the next moment at which something happens by itself. */
  #passTime(): void {
    const { simulation, workload } = this;
    const { world, coverage } = simulation;
    const nextMs = Math.min(
      world.broker.nextMoveMs(),
      simulation.scheduler.nextDueMs(),
      this.#usefulTickMs(),
      ...[...simulation.outages.values()].filter((untilMs) => untilMs > world.clock.nowMs),
    );
    simulation.passTime(Number.isFinite(nextMs) ? Math.max(nextMs - world.clock.nowMs, 0) : MINUTE_MS);
    if (world.clock.nowMs < this.#nextTickMs) return;
    this.#nextTickMs = world.clock.nowMs + MINUTE_MS;
    const nudge = `nudge-${world.cast.initiator.service}s`;
    for (let scheduler = 0; scheduler < workload.schedulers; scheduler += 1) {
      simulation.scheduler.add({ run: () => this.lambda.invoke(nudge, {}, () => {}) });
    }
    if (workload.schedulers > 1) coverage.count('two schedulers');
  }

  /** Ticks before anything is due change nothing, so time passes over them. */
  #usefulTickMs(): number {
    const { world } = this.simulation;
    const dues = [...world.sagas.values()].flatMap((item) =>
      typeof item.dueEpochSeconds === 'number' ? [item.dueEpochSeconds * 1000] : [],
    );
    if (dues.length === 0) return this.openSagas.length > 0 ? this.#nextTickMs : Number.POSITIVE_INFINITY;
    return Math.max(this.#nextTickMs, Math.min(...dues));
  }

  /** What operators have put there before anybody came. */
  #fillShelves(): void {
    const { world, checker } = this.simulation;
    for (const { service, items } of this.workload.shelves) {
      const writes = items.map((item) => ({ kind: 'put', item, expects: 'absent' }) as const);
      world.tableOf(service).write(writes);
      checker.wrote(service, writes, new Map(), undefined);
    }
  }
}

/** Who is asked refuses some, unless the workload says whom, or that it is silent. */
/** A service with several queues is rare, and seldom all have the same number. */
function shardsOf(seed: number): string {
  return new Random(seed, 25).pick([ONE_QUEUE_EACH, ONE_QUEUE_EACH, ONE_QUEUE_EACH, '2', '4']);
}

function refusalsOf(seed: number, { refusing, silent = [] }: Workload, service: string): Refusals {
  if (silent.includes(service)) return 'silent';
  if (refusing === undefined) return { seed };
  return refusing.includes(service) ? 'all' : 'none';
}
