import type { Decision } from '../saga/decision.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { Table } from '../saga/table.ts';
import type { Items } from './view.ts';

/** A service's part in the saga: a pure decision, and how it is stored and carried out. */
export interface Participant<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
> {
  readonly saga: Saga;
  readonly service: string;
  readonly table: Table<State>;
  readonly decide: (state: State | undefined, input: Input, items: Items) => Decision<State, Effect>;
  /**
   * Keys of further items that the decision on this input depends on, which other sagas change too. The decision is
   * made on what was last seen of them; what an adjustment relies on is checked as it is written, and where a decision
   * has consulted an item without adjusting it, it is read.
   */
  readonly reads?: (input: Input) => readonly string[];
  /** Usually the first this participant hears of a saga: written without reading, the condition tells. */
  readonly opens?: Input['type'];
  /** Calls the outside, after the record says so. A throw means that the result is not known. */
  readonly perform?: (sagaId: SagaId, effect: Effect) => Promise<Input>;
  /** What is decided once everything that a record in this state says is published. */
  readonly onceSaid?: (state: State) => Input | undefined;
}

export interface Work<Input> {
  readonly sagaId: SagaId;
  readonly input: Input;
  readonly traceparent?: string | undefined;
}
