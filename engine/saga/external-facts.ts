import type * as z from 'zod';
import type { AnyFact } from './declaration.ts';
import { explain } from './explain.ts';
import type { ExternalState, ExternalUse, Members } from './external-state.ts';
import { dataHeard, type Heard } from './heard.ts';
import type { Saga } from './saga.ts';

/** What the events and the record of a step that asks the outside have to say. It decides nothing. */
export class StepFacts {
  readonly consumes: readonly string[];
  /** The events that it says, by what they mean. */
  readonly done: string | undefined;
  readonly refused: string | undefined;
  readonly undone: string | undefined;
  readonly voided: string | undefined;
  readonly waits: string | undefined;
  readonly impasse: string | undefined;
  readonly #saga: Saga;
  readonly #step: ExternalUse;
  readonly #asks: readonly string[];

  constructor(saga: Saga, step: ExternalUse) {
    this.#saga = saga;
    this.#step = step;
    this.#asks = Object.keys({ ...step.asks.shape, ...step.prepares?.shape });
    const { consumes, says } = saga.partOf(step.service);
    const sayingOf = (kind: string) => Object.keys(says).filter((type) => says[type] === kind);
    this.consumes = consumes;
    [this.done] = sayingOf('step');
    [this.refused] = sayingOf('failure');
    [this.waits] = sayingOf('wait');
    [this.impasse] = sayingOf('impasse');
    const compensations = sayingOf('compensation').filter((type) => type !== step.resolved);
    this.voided = step.voided ?? compensations[0];
    this.undone = compensations.find((type) => type !== step.voided);
  }

  /**
   * An answer that its event's schema does not know counts as not known: it is asked for again. Written down, it would
   * make a record that nobody can read, and an event that each consumer refuses.
   * @throws Error
   */
  said(type: string | undefined, state: Members, answer: Members): readonly AnyFact[] {
    if (type === undefined) return [];
    const data = this.#saga.carriesOwner(type) ? { ...this.ownerIn(state), ...answer } : answer;
    const reading = this.#saga.readFact(type, this.#saga.versionOf(type), data);
    // Without what the record keeps and the event does not have.
    if (reading.kind === 'read') return [{ type, data: reading.fact.data }];
    if (reading.kind !== 'flawed') return [{ type, data }];
    throw new Error(`the outside answered what ${type} cannot say: ${explain(reading.error)}`);
  }

  /** The members of an answer that its event has, as the event has them. */
  readable(type: string | undefined, state: Members, answer: Members): Members {
    const [fact] = this.said(type, state, answer);
    if (fact === undefined) return answer;
    const data = fact.data as Members;
    return pick(
      data,
      Object.keys(data).filter((name) => name in answer),
    );
  }

  requestOf(heard: Heard) {
    return this.#step.asks.safeParse(pick(this.toldBy(heard), Object.keys(this.#step.asks.shape)));
  }

  /** The request of a record that has not been answered. */
  asked(state: Members): Members {
    return pick(state, this.#asks);
  }

  kept(state: Members): Members {
    return pick(state, this.#step.keeps);
  }

  ownerIn(data: unknown): Members {
    return pick(data as Members, [this.#saga.owner]);
  }

  /** Merged in the declaration's order, so the result is the same whichever came first. */
  toldBy(heard: Heard): Members {
    return Object.assign(
      {},
      ...this.consumes.map((type) => type in heard && dataHeard(this.#saga, heard, type)),
    );
  }

  /** Whether there is nothing left to wait for: a saga has one outcome, so whoever hears of more than one waits for no other. */
  isAllHeard(heard: Heard): boolean {
    const isListener = !this.#saga.takesPart(this.#step.service);
    return isListener || this.consumes.every((type) => type in heard);
  }

  /** The same state with another status. Owner and status come first, as in a new record. */
  in(status: string, state: ExternalState): ExternalState {
    return { ...pick(state, [this.#saga.owner, 'status']), ...state, status };
  }
}

/**
 * What a record can hold of an answer. One that its schema does not know counts as not known: it is asked for again.
 * @throws Error
 */
export function readable(schema: z.ZodObject | undefined, answer: Members): Members {
  const reading = schema?.safeParse(answer);
  if (reading === undefined) return {};
  if (reading.success) return reading.data;
  throw new Error(`the outside answered what its record cannot hold: ${explain(reading.error)}`);
}

/** Both as their schema has them, and so with their members in the same order. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export function without(names: readonly string[], members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

function pick(members: Members, names: readonly string[]): Members {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (name in members) picked[name] = members[name];
  return picked;
}
