import type { Item, Write } from '../../../engine/batch/store.ts';
import type { Table } from '../world/table.ts';
import { rowOf } from './row.ts';

interface Level {
  readonly step: number;
  readonly available: number;
}

/** Who writes, and what of each counter it has taken in each of its transactions. */
interface Writer {
  readonly takings: ReadonlyMap<string, number>[];
}

/** A counter that sagas take from and give back to, as a deployment declares it. */
export interface Counted {
  readonly attribute: string;
  /** What its items' keys begin with. */
  readonly prefix: string;
  /** What a record holds, by the keys of its counters: nothing if there is none, or it holds nothing any more. */
  readonly heldBy: (item: Item | undefined) => readonly (readonly [key: string, quantity: number])[];
}

/**
 * P1: what there should be of everything that is counted, told by what operators put there alone, and what there was
 * at which step, so that a refusal for want of it can be judged.
 */
export class CounterBook {
  protected readonly table: Table;
  protected readonly expected = new Map<string, number>();
  readonly #counted: Counted;
  /** What all records hold now. */
  readonly #held = new Map<string, number>();
  readonly #levels = new Map<string, Level[]>();

  constructor(table: Table, counted: Counted) {
    this.table = table;
    this.#counted = counted;
  }

  /** Something was written. What is wrong with it; undefined if nothing is. */
  wrote(
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    writer: Writer = { takings: [] },
  ): string | undefined {
    const taken = new Map<string, number>();
    for (const write of writes) {
      if (write.kind !== 'put') continue;
      this.#hold(this.#held, before.get(write.item.pk), -1);
      this.#hold(this.#held, write.item);
      this.#hold(taken, write.item);
    }
    if (taken.size > 0) writer.takings.push(taken);
    for (const write of writes) {
      const flaw = this.expect(write, writes, before);
      if (flaw !== undefined) return flaw;
    }
    for (const key of this.#touchedBy(writes, before)) {
      const expected = this.expected.get(key);
      if (expected === undefined) continue;
      const available = Number(rowOf(this.table.items.get(key))?.[this.#counted.attribute]);
      if (!(available >= 0)) return `${key} is at ${available}`;
      const isHeld = this.heldOf(key);
      if (available + isHeld !== expected)
        return `${key}: ${available} available + ${isHeld} held, not ${expected}`;
      this.#note(key, step, available);
    }
    return undefined;
  }

  /** What is put there by itself is what there is, besides what is held. */
  protected expect(
    write: Write,
    _writes: readonly Write[],
    _before: ReadonlyMap<string, Item>,
  ): string | undefined {
    if (write.kind === 'put' && write.item.pk.startsWith(this.#counted.prefix))
      this.expected.set(
        write.item.pk,
        Number(write.item[this.#counted.attribute]) + this.heldOf(write.item.pk),
      );
    return undefined;
  }

  protected heldOf(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /**
   * Whether there was too little of it at any moment since a step, besides what the writer itself took for sagas
   * that came before: what was given back or received meanwhile may have come after its decision.
   */
  wasShort(key: string, quantity: number, sinceStep: number, writer?: Writer): boolean {
    return this.wasEver(key, (available) => available < quantity, sinceStep, writer);
  }

  /** The same of anything that may be true of how much there was. */
  wasEver(
    key: string,
    isTrueOf: (available: number) => boolean,
    sinceStep: number,
    writer: Writer = { takings: [] },
  ): boolean {
    const levels = this.#levels.get(key) ?? [];
    const begin = levels.findLastIndex(({ step }) => step < sinceStep);
    const taken = writer.takings.reduce((sum, each) => sum + (each.get(key) ?? 0), 0);
    return levels.slice(Math.max(begin, 0)).some(({ available }) => isTrueOf(available - taken));
  }

  wasUnknown(key: string, sinceStep: number): boolean {
    const [first] = this.#levels.get(key) ?? [];
    return first === undefined || first.step >= sinceStep;
  }

  #note(key: string, step: number, available: number): void {
    const levels = this.#levels.get(key) ?? [];
    if (!Number.isNaN(available) && levels.at(-1)?.available !== available) levels.push({ step, available });
    this.#levels.set(key, levels);
  }

  /** Adds what a record holds, as often as that. */
  #hold(held: Map<string, number>, item: Item | undefined, times = 1): void {
    for (const [key, quantity] of this.#counted.heldBy(item))
      held.set(key, (held.get(key) ?? 0) + times * quantity);
  }

  /** What may differ after the writes: counters, and what the records held before and hold now. */
  #touchedBy(writes: readonly Write[], before: ReadonlyMap<string, Item>): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const write of writes) {
      const key = write.kind === 'put' ? write.item.pk : write.key;
      touched.add(key);
      for (const item of [before.get(key), write.kind === 'put' ? write.item : undefined]) {
        for (const [counter] of this.#counted.heldBy(item)) touched.add(counter);
      }
    }
    return touched;
  }
}
