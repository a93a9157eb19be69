import { CALL_TIMEOUT_MS } from '../../engine/batch/time-left.ts';
import { PATIENT } from '../../engine/rabbitmq/publisher.ts';
import type { Cast } from './cast.ts';
import { Checker } from './checker/checker.ts';
import { noRules, type Rules } from './checker/rules.ts';
import { Coverage } from './coverage.ts';
import { type CallKind, callFaults, detailOf, type Fault, type FaultPlan, newsFaults } from './faults.ts';
import { describe, type End, Invocation } from './invocation.ts';
import { Random } from './random.ts';
import { type Order, Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';
import type { Message } from './world/broker.ts';
import type { World } from './world/world.ts';

/** As in serverless.yml. */
const INVOCATION_TIMEOUT_MS = 29_000;
/** A patient publisher offers a message so often, and waits so long for the confirm each time. */
const PUBLISH_BOUND_MS = PATIENT.confirmTimeoutMs * PATIENT.offers;
/** No reason for anything to fail, or to be left undone. */
const harmless: ReadonlySet<Fault> = new Set(['entry-twice']);
/** How long a request may be on its way after its sender has died. */
const MAX_FLIGHT_MS = 60_000;

/** What a call to the outside does, and what else may come of it. */
export interface Call<T> {
  readonly kind: CallKind;
  readonly about: () => string;
  readonly effect: () => T;
  /** The saga, if this moves something outside: who has been answered does not ask for that again. */
  readonly moves?: string;
  /** For faults of this kind of call: what happens and is answered instead. */
  readonly instead?: Instead<T>;
}

type Instead<T> = Partial<Readonly<Record<Fault, () => T>>>;

/** What a client says that has had no answer. */
function givingUpOf<T>({ throttled, refused, unreachable }: Instead<T>): () => T {
  const givingUp = throttled ?? refused ?? unreachable;
  if (givingUp === undefined) throw new Error('nothing says how this is given up');
  return givingUp;
}

interface Options {
  /** With the cast of the saga that is simulated. */
  readonly world: World;
  /** What this saga promises besides. */
  readonly rules?: Rules;
  readonly seed: number;
  readonly plan: FaultPlan;
  readonly order: Order;
  readonly schedule?: number;
  readonly isTraced: boolean;
  readonly coverage?: Coverage;
}

/**
 * One run: the world, whatever is under way in it, and who decides what happens next. Every call of a function
 * to the outside waits here until the scheduler lets it happen, with the fault that the plan has for it.
 */
export class Simulation {
  readonly seed: number;
  readonly world: World;
  readonly rules: Rules;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly checker: Checker;
  readonly coverage: Coverage;
  readonly live = new Set<Invocation>();
  /** Services of which every environment crashes at the moment. */
  readonly crashLoops = new Set<string>();
  /** Services whose queue nobody reads, and until when. */
  readonly outages = new Map<string, number>();
  /** Services whose table throttles every call, and until when. */
  readonly shortages = new Map<string, number>();
  readonly #plan: FaultPlan;
  /** Off: what happens from now on is what would happen without faults. */
  areFaultsOn = true;
  step = 0;
  #calls = 0;
  #deliveries = 0;
  #newsCount = 0;
  #invocations = 0;

  constructor({
    world,
    rules = noRules,
    seed,
    plan,
    order,
    schedule = 0,
    isTraced,
    coverage = new Coverage(),
  }: Options) {
    this.world = world;
    this.rules = rules;
    this.coverage = coverage;
    this.seed = seed;
    this.#plan = plan;
    this.scheduler = new Scheduler(new Random(seed, 1, schedule), order, this.world.clock);
    this.trace = new Trace(isTraced, this.world.clock);
    this.checker = new Checker(this.world, this.trace, rules);
  }

  get cast(): Cast {
    return this.world.cast;
  }

  get calls(): number {
    return this.#calls;
  }

  begin(
    functionName: string,
    service: string,
    messages: readonly Message[],
    ended: (end: End) => void,
    skewMs = 0,
  ): Invocation {
    this.#invocations += 1;
    const { nowMs } = this.world.clock;
    const about = {
      id: this.#invocations,
      functionName,
      service,
      startedMs: nowMs,
      startedStep: this.step,
      movedBeforeMs: this.world.clock.movedMs,
      skewMs,
      messages,
    };
    const invocation = new Invocation(about, (end) => {
      this.live.delete(invocation);
      this.trace.say(() => `${invocation.name} ${describe(end)}`);
      this.checker.invocationEnded(invocation, end);
      ended(end);
    });
    for (const other of this.live)
      if (other.functionName === functionName) this.coverage.count('two at once');
    this.live.add(invocation);
    if (messages.length > 0) this.checker.began(invocation);
    if (functionName === `nudge-${service}s`) this.checker.scheduleBegan(invocation);
    return invocation;
  }

  /** Resolves or rejects when the scheduler says so; never, if the environment has crashed by then. */
  call<T>(invocation: Invocation | undefined, call: Call<T>): Promise<T> {
    this.#calls += 1;
    const ordinal = this.#calls;
    this.scheduler.wakeAtCall(ordinal);
    if (invocation === undefined || invocation.isOver) {
      if (invocation === undefined || !invocation.isDead) this.checker.callAfterEnd(call.about());
      return new Promise(() => {});
    }
    invocation.pending += 1;
    invocation.calls += 1;
    invocation.earliestMs = Math.min(invocation.earliestMs, this.world.clock.nowMs);
    this.checker.bound(invocation);
    return new Promise<T>((resolve, reject) => {
      const settle = (outcome: () => T) => {
        if (invocation.isOver) return;
        invocation.pending -= 1;
        try {
          resolve(outcome());
        } catch (error) {
          invocation.failed.add(call.kind);
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.scheduler.add({ run: () => this.#happen(ordinal, call, invocation, settle) });
    });
  }

  #happen<T>(
    ordinal: number,
    { kind, about, effect, moves, instead = {} }: Call<T>,
    invocation: Invocation,
    settle: (outcome: () => T) => void,
  ): void {
    if (invocation.isOver) {
      // A request that was on its way when its sender died may arrive all the same.
      if (kind === 'visit' || kind === 'leave' || detailOf(this.seed, ordinal, 0) < 0.5) return;
      this.#arriveLate(invocation, () => `call-${ordinal} ${kind} ${about()}`, effect);
      return;
    }
    const site = `${invocation.service}.${kind}` as const;
    const fault = this.areFaultsOn
      ? this.#plan.next(() => `call-${ordinal}`, callFaults[kind], site)
      : undefined;
    this.trace.say(
      () => `${invocation.name} call-${ordinal} ${kind} ${about()}${fault === undefined ? '' : `: ${fault}`}`,
    );
    if (fault === undefined && this.areFaultsOn && this.crashLoops.has(invocation.service)) {
      invocation.end({ kind: 'crashed' });
      return;
    }
    const { throttled } = instead;
    if (fault === undefined && throttled !== undefined && this.#isShort(invocation.service)) {
      invocation.faults += 1;
      settle(throttled);
      return;
    }
    if (fault === undefined && this.areFaultsOn && kind === 'publish' && this.world.broker.isBlocked) {
      invocation.faults += 1;
      this.#hang(kind, settle, givingUpOf(instead));
      return;
    }
    if (fault === undefined) {
      settle(effect);
      if (moves !== undefined) this.checker.answeredOutside(invocation, kind, moves);
      return;
    }
    this.coverage.count(`${fault}@${site}`);
    if (!harmless.has(fault)) invocation.faults += 1;
    if (fault === 'limited') invocation.refusedForNow += 1;
    if (fault === 'hung') this.#hang(kind, settle, this.#unanswered(ordinal, instead));
    else this.#fail(fault, invocation, effect, settle, instead);
  }

  #isShort(service: string): boolean {
    return this.areFaultsOn && (this.shortages.get(service) ?? 0) > this.world.clock.nowMs;
  }

  /** Whoever waits for an answer gives up at last. Until then time passes. */
  #hang<T>(kind: CallKind, settle: (outcome: () => T) => void, outcome: () => T): void {
    this.scheduler.addAfterMs(kind === 'publish' ? PUBLISH_BOUND_MS : CALL_TIMEOUT_MS, {
      run: () => settle(outcome),
    });
  }

  /** What was asked is done, or is not. */
  #unanswered<T>(ordinal: number, instead: Instead<T>): () => T {
    const done = instead['answer-lost'];
    return done === undefined || detailOf(this.seed, ordinal, 8) < 0.5 ? givingUpOf(instead) : attempt(done);
  }

  #fail<T>(
    fault: Fault,
    invocation: Invocation,
    effect: () => T,
    settle: (outcome: () => T) => void,
    instead: Instead<T>,
  ): void {
    switch (fault) {
      case 'crash-before':
        invocation.end({ kind: 'crashed' });
        return;
      case 'crash-after':
        attempt(effect);
        invocation.end({ kind: 'crashed' });
        return;
      case 'crash-in-flight':
        invocation.end({ kind: 'crashed' });
        this.scheduler.add({ run: () => this.#arriveLate(invocation, () => 'in flight', effect) });
        return;
      case 'late': {
        const outcome = attempt(effect);
        this.scheduler.add({ run: () => settle(outcome) });
        return;
      }
      default: {
        const other = instead[fault];
        if (other === undefined) throw new Error(`nothing says what ${fault} does here`);
        settle(other);
      }
    }
  }

  /** No network keeps a request for longer than its sender would have waited. */
  #arriveLate(sender: Invocation, about: () => string, effect: () => unknown): void {
    if (this.world.clock.nowMs - sender.startedMs > MAX_FLIGHT_MS) return;
    this.trace.say(() => `${sender.name} ${about()}: arrives after the crash`);
    attempt(effect);
  }

  /** Lets time pass. Functions that have run too long by then are killed, as Lambda does. */
  passTime(byMs: number): void {
    const { clock, tables } = this.world;
    clock.advance(byMs);
    for (const table of tables.values()) table.settle();
    for (const invocation of [...this.live]) {
      if (clock.nowMs - invocation.startedMs < INVOCATION_TIMEOUT_MS) continue;
      this.coverage.count('timed out');
      if (invocation.pending + invocation.timers === 0)
        this.checker.fail('P7', `${invocation.name} waits for nothing and hangs`);
      invocation.end({ kind: 'crashed' });
    }
  }

  /** The fault for the next delivery of a batch. */
  deliveryFault(possible: readonly Fault[]): Fault | undefined {
    this.#deliveries += 1;
    const fault = this.areFaultsOn
      ? this.#plan.next(() => `delivery-${this.#deliveries}`, possible)
      : undefined;
    if (fault !== undefined) this.coverage.count(fault);
    return fault;
  }

  /** The fault for the next message that somebody outside sends. */
  newsFault(): Fault | undefined {
    this.#newsCount += 1;
    const fault = this.areFaultsOn ? this.#plan.next(() => `news-${this.#newsCount}`, newsFaults) : undefined;
    if (fault !== undefined) this.coverage.count(fault);
    return fault;
  }

  /** The fault of the world at this step. */
  worldFault(possible: readonly Fault[]): Fault | undefined {
    const fault = this.areFaultsOn ? this.#plan.next(() => `step-${this.step}`, possible) : undefined;
    if (fault !== undefined) this.coverage.count(fault);
    return fault;
  }

  detail(what: number): number {
    return detailOf(this.seed, this.#calls, what);
  }
}

/** Does it now and tells its outcome later. */
function attempt<T>(effect: () => T): () => T {
  try {
    const value = effect();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
