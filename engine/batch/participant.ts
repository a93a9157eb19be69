import type { Decision } from '../saga/decision.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord, Table } from '../saga/table.ts';
import type { Item } from './store.ts';
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
  readonly decide: (
    state: State | undefined,
    input: Input,
    items: Items,
    nowMs: number,
  ) => Decision<State, Effect>;
  /**
   * Keys of the shared items, such as counters, that the decision on this input depends on. The decision sees them as
   * last seen. The write checks what an adjustment relies on; an item consulted without an adjustment is read anew.
   */
  readonly reads?: (input: Input) => readonly string[];
  /**
   * Keys of the counters that an adjustment of this input bounds (`atMost`). They are not read before a write has shown
   * that they matter, or the decision is to defer.
   */
  readonly counts?: (input: Input) => readonly string[];
  /** The input that usually comes first for a saga: written without a read, as the condition finds the exceptions. */
  readonly opens?: Input['type'];
  /** Calls the outside, after the intent is written, in the trace given. A throw means that the result is unknown. */
  readonly perform?: (sagaId: SagaId, effect: Effect, traceparent?: string) => Promise<Input>;
  /** The next input once all events of a record in this state are published. */
  readonly onceSaid?: (state: State) => Input | undefined;
}

export interface Work<Input> {
  readonly sagaId: SagaId;
  readonly input: Input;
  /** The trace context of what caused it. https://www.w3.org/TR/trace-context/ */
  readonly traceparent?: string | undefined;
  /** That of a request about a saga which may have a trace of its own; then it counts for nothing. */
  readonly askedIn?: string | undefined;
  /** The message that it came in, byte for byte: equal ones are copies. */
  readonly message?: string;
  /** A new item to write in one transaction with the step that this leads to, if it leads to any. */
  readonly besides?: ((step: Step) => Item) | undefined;
}

/** One step of a record. `version`: the record's, after it. */
export interface Step extends Pick<SagaRecord<unknown>, 'version'> {
  readonly before: string | undefined;
  readonly after: string;
  readonly nowMs: number;
}
