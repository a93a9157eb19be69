import type { Broken, FaultOffer } from '../../../../console/playground/wire.ts';
import { Refusal } from './refusal.ts';

export interface Undo {
  /** Makes it whole again. */
  readonly heal: () => Promise<void>;
  /** When the system stops: lets go of what would hold that up, and starts nothing. */
  readonly release: () => Promise<void> | void;
}

/** A way to break the system, and back. */
export interface Fault extends Omit<FaultOffer, 'name'> {
  /** @throws Refusal, and has changed nothing then */
  readonly strike: () => Promise<Undo>;
}

interface Breakage {
  readonly fault: string;
  readonly about: string;
  is: Broken['is'];
  endsAtMs: number;
  undo?: Undo;
  timer?: NodeJS.Timeout;
  failure?: string;
  /** What is being done about it now. */
  work: Promise<void>;
}

/** What is broken now: each fault for as long as it was asked for, one at a time of each target, and all healed at once by request. */
export class Breakages {
  readonly #faults: Readonly<Record<string, Fault>>;
  readonly #broken = new Map<string, Breakage>();
  #isClosed = false;

  constructor(faults: Readonly<Record<string, Fault>>) {
    this.#faults = faults;
  }

  get offers(): readonly FaultOffer[] {
    return Object.entries(this.#faults).map(([name, { about, target, maxSeconds }]) => ({
      ...{ name, about, target, maxSeconds },
    }));
  }

  get broken(): readonly Broken[] {
    return [...this.#broken.values()].map(({ fault, about, is, endsAtMs, failure }) => ({
      ...{ fault, about, is },
      leftSeconds: Math.max(0, Math.ceil((endsAtMs - Date.now()) / 1_000)),
      ...(failure === undefined ? {} : { failure }),
    }));
  }

  /** Resolves once it is broken. @throws Refusal */
  async strike(name: string, seconds: number): Promise<void> {
    const fault = Object.hasOwn(this.#faults, name) ? this.#faults[name] : undefined;
    if (fault === undefined) throw new Refusal(404, 'Not Found', `There is no fault ${name}.`);
    const { about, target, maxSeconds } = fault;
    if (!(seconds > 0 && seconds <= maxSeconds))
      throw new Refusal(422, 'Unprocessable Content', `${name} may last from 1 to ${maxSeconds} seconds.`);
    this.#refuseIfClosed();
    const other = this.#broken.get(target);
    if (other !== undefined)
      throw new Refusal(409, 'Conflict', `${other.about}: it is ${other.is}. Heal that first.`);
    const breakage: Breakage = {
      ...{ fault: name, about, is: 'breaking' },
      endsAtMs: Date.now() + seconds * 1_000,
      work: Promise.resolve(),
    };
    this.#broken.set(target, breakage);
    const striking = fault.strike();
    breakage.work = settled(striking);
    try {
      breakage.undo = await striking;
    } catch (error) {
      this.#broken.delete(target);
      throw error;
    }
    breakage.is = 'broken';
    breakage.endsAtMs = Date.now() + seconds * 1_000;
    if (!this.#isClosed) breakage.timer = setTimeout(() => void this.#heal(target), seconds * 1_000);
  }

  /** Resolves once a target is whole, or could not be healed. */
  async untilHealed(target: string): Promise<void> {
    await this.#heal(target);
    const failure = this.#broken.get(target)?.failure;
    if (failure !== undefined) throw new Error(failure);
  }

  /** Heals everything. What cannot be healed stays, and says why. */
  async healAll(): Promise<void> {
    await Promise.all([...this.#broken.keys()].map((target) => this.#heal(target)));
  }

  /** Breaks and heals nothing any more, and lets go of everything. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#broken.values()].map(async (breakage) => {
        clearTimeout(breakage.timer);
        await breakage.undo?.release();
        await breakage.work;
        await breakage.undo?.release();
      }),
    );
    this.#broken.clear();
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new Refusal(503, 'Service Unavailable', 'The system is being stopped.');
  }

  async #heal(target: string): Promise<void> {
    const breakage = this.#broken.get(target);
    if (breakage === undefined) return;
    clearTimeout(breakage.timer);
    await breakage.work;
    if (breakage.undo === undefined || this.#isClosed || this.#broken.get(target) !== breakage) return;
    if (breakage.is === 'healing') return await breakage.work;
    breakage.is = 'healing';
    delete breakage.failure;
    const healing = breakage.undo.heal().then(
      () => void this.#broken.delete(target),
      (error: unknown) => {
        breakage.is = 'not healed';
        breakage.failure = error instanceof Error ? error.message : String(error);
      },
    );
    breakage.work = healing;
    await healing;
  }
}

const settled = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => {},
    () => {},
  );
