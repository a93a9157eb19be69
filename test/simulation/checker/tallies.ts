import type { Item, Write } from '../../../engine/batch/store.ts';
import type { Limits } from '../../../engine/saga/tally.ts';
import type { Invocation } from '../invocation.ts';
import type { World } from '../world/world.ts';
import { type Row, rowOf } from './row.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

const hasEnded = (state: Row): boolean => ['CONFIRMED', 'CANCELLED'].includes(state.status);

/**
 * What each owner's tally has to be after every write: as many open sagas as have a place, and as many failures in a row
 * as its sagas have come to by its own fault. Told by the records alone.
 */
export class TallyBook {
  readonly #world: World;
  readonly #limits: Limits | undefined;
  /** The codes of the reasons that are an owner's own fault. */
  readonly #faults: readonly string[];
  readonly #open = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #failedAtMs = new Map<string, number>();
  /** Owners who have had as many open as they may, or have had to pause. */
  readonly #limited = new Set<string>();
  /** How many of an owner's sagas have not ended, with a place or without. */
  readonly #under = new Map<string, number>();
  /** Since which step an owner has had to pause and has had one open at most. */
  readonly #heldSince = new Map<string, number>();

  constructor(world: World, limits: Limits | undefined, faults: readonly string[]) {
    this.#world = world;
    this.#limits = limits;
    this.#faults = faults;
  }

  /** Whether the owner may ever have been told to come later. */
  wasLimited(owner: string): boolean {
    return this.#limited.has(owner);
  }

  /** Whether the owner has had to begin one saga at a time ever since that step. */
  wasHeldSince(owner: string, step: number): boolean {
    return (this.#heldSince.get(owner) ?? Number.POSITIVE_INFINITY) <= step;
  }

  wrote(
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    invocation: Invocation | undefined,
  ): string | undefined {
    const owners = new Set<string>();
    const beginners = new Set<string>();
    for (const write of writes) {
      if (write.kind === 'add') {
        if (write.key.startsWith('tally#')) owners.add(write.key.slice('tally#'.length));
      } else if (write.kind === 'delete') {
        if (write.key.startsWith('tally#')) owners.add(this.#forget(write.key.slice('tally#'.length)));
      } else if (invocation === undefined && write.item.pk.startsWith('tally#')) {
        owners.add(this.#adopt(write.item));
      } else if (write.item.record !== undefined) {
        const { state } = rowOf(write.item) as Row;
        const owner: string | undefined = state[this.#world.cast.saga.owner];
        // It is forgotten.
        if (owner === undefined) continue;
        owners.add(owner);
        const old = rowOf(before.get(write.item.pk))?.state;
        if (old === undefined && state.isTallied) beginners.add(owner);
        const flaw = this.#follow(owner, old, state, Number(rowOf(write.item)?.updatedAtMs));
        if (flaw !== undefined) return `${write.item.pk} ${flaw}`;
      }
    }
    for (const owner of owners) {
      const isBeginner = beginners.has(owner);
      const flaw =
        this.#flawOf(owner, step) ??
        (isBeginner ? this.#flawOfBeginning(owner, before.get(`tally#${owner}`), invocation) : undefined);
      if (flaw !== undefined) return `${owner} ${flaw}`;
    }
    return undefined;
  }

  /** Nobody knows any more how often an owner had failed who is erased. */
  #forget(owner: string): string {
    this.#failures.delete(owner);
    this.#failedAtMs.delete(owner);
    return owner;
  }

  /** A table was put back: how often an owner had failed stands there alone. */
  #adopt({ pk, failures = 0, failedAtMs }: Item): string {
    const owner = pk.slice('tally#'.length);
    this.#failures.set(owner, Number(failures));
    if (failedAtMs !== undefined) this.#failedAtMs.set(owner, Number(failedAtMs));
    return owner;
  }

  #follow(owner: string, old: Row | undefined, now: Row, atMs: number): string | undefined {
    const [had, has] = [old?.isTallied === true, now.isTallied === true];
    if (has && hasEnded(now)) return 'has ended and keeps its place';
    if (has && !had && old !== undefined) return 'has got its place after it had begun';
    if (had && !has && !hasEnded(now)) return 'has lost its place before it has ended';
    this.#open.set(owner, (this.#open.get(owner) ?? 0) + Number(has) - Number(had));
    const [was, is] = [old !== undefined && !hasEnded(old), !hasEnded(now)];
    this.#under.set(owner, (this.#under.get(owner) ?? 0) + Number(is) - Number(was));
    if (!had || has) return undefined;
    if (now.status === 'CONFIRMED') this.#failures.set(owner, 0);
    else if (this.#faults.includes(now.reason.code)) {
      this.#failures.set(owner, (this.#failures.get(owner) ?? 0) + 1);
      this.#failedAtMs.set(owner, atMs);
    }
    return undefined;
  }

  #flawOf(owner: string, step: number): string | undefined {
    const { open = 0, failures = 0, failedAtMs } = this.#tallyOf(owner);
    const [isOpen, hasFailed] = [this.#open.get(owner) ?? 0, this.#failures.get(owner) ?? 0];
    const { mostOpen, failuresBeforePause } = this.#limits ?? { mostOpen: 0, failuresBeforePause: 0 };
    if (isOpen >= mostOpen || hasFailed >= failuresBeforePause) this.#limited.add(owner);
    const isHeld = hasFailed >= failuresBeforePause && (this.#under.get(owner) ?? 0) <= 1;
    if (!isHeld || this.#limits === undefined) this.#heldSince.delete(owner);
    else if (!this.#heldSince.has(owner)) this.#heldSince.set(owner, step);
    if (open !== isOpen) return `has ${isOpen} open, and the tally says ${open}`;
    if (isOpen > mostOpen) return `has ${isOpen} open, and may have ${mostOpen}`;
    if (failedAtMs !== this.#failedAtMs.get(owner)) return `failed last at another time than ${failedAtMs}`;
    return failures === hasFailed ? undefined : `has ${hasFailed} failures, and the tally says ${failures}`;
  }

  /** Whoever had to pause before this write has waited, and begins one at a time. */
  #flawOfBeginning(
    owner: string,
    before: Item | undefined,
    invocation: Invocation | undefined,
  ): string | undefined {
    const { failures = 0, failedAtMs = 0 } = (before ?? {}) as Row;
    const over = failures - (this.#limits?.failuresBeforePause ?? Number.POSITIVE_INFINITY);
    if (over < 0) return undefined;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** over, LONGEST_PAUSE_MS);
    const { clock } = this.#world;
    const waitedMs = clock.nowMs + (invocation?.skewMs ?? 0) + clock.setBackMs - failedAtMs;
    if (waitedMs < pauseMs) return `has waited ${waitedMs} ms after ${failures} failures`;
    const isOpen = this.#open.get(owner) ?? 0;
    return isOpen > 1 ? `has ${isOpen} open after ${failures} failures` : undefined;
  }

  #tallyOf(owner: string): Row {
    return this.#world.tableOf(this.#world.cast.initiator.service).items.get(`tally#${owner}`) ?? {};
  }
}
