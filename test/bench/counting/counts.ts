import { rounded } from '../percentiles.ts';
import type { DatabaseCall } from './database-calls.ts';
import type { Invocation } from './invocations.ts';

/** What a number of sagas took in the terms that AWS charges by; or, divided, one saga. */
export interface Counts {
  /** By function. */
  readonly invocations: Readonly<Record<string, number>>;
  /** Of all functions, each invocation rounded up to a whole millisecond as on the bill. */
  readonly billedMs: number;
  /** By operation. */
  readonly databaseCalls: Readonly<Record<string, number>>;
  readonly items: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly messages: number;
  readonly messageBytes: number;
}

export class Tally {
  #databaseCalls: DatabaseCall[] = [];
  #messageBytes: number[] = [];

  readonly called = (call: DatabaseCall): void => {
    this.#databaseCalls.push(call);
  };
  readonly published = (bytes: number): void => {
    this.#messageBytes.push(bytes);
  };

  /** How much has been heard: it stands still when nothing goes on any more. */
  get heard(): number {
    return this.#databaseCalls.length + this.#messageBytes.length;
  }

  reset(): void {
    this.#databaseCalls = [];
    this.#messageBytes = [];
  }

  counts(invocations: readonly Invocation[]): Counts {
    const calls = this.#databaseCalls;
    return {
      invocations: countBy(invocations.map(({ functionName }) => functionName)),
      billedMs: sum(invocations.map(({ milliseconds }) => Math.ceil(milliseconds))),
      databaseCalls: countBy(calls.map(({ operation }) => operation)),
      items: sum(calls.map(({ items }) => items)),
      readUnits: sum(calls.map(({ readUnits }) => readUnits)),
      writeUnits: sum(calls.map(({ writeUnits }) => writeUnits)),
      messages: this.#messageBytes.length,
      messageBytes: sum(this.#messageBytes),
    };
  }
}

export function perSaga(counts: Counts, sagas: number): Counts {
  const share = (value: number) => rounded(value / sagas);
  const shares = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, share(value)]));
  return {
    invocations: shares(counts.invocations),
    billedMs: share(counts.billedMs),
    databaseCalls: shares(counts.databaseCalls),
    items: share(counts.items),
    readUnits: share(counts.readUnits),
    writeUnits: share(counts.writeUnits),
    messages: share(counts.messages),
    messageBytes: share(counts.messageBytes),
  };
}

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
