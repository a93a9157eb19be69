import type * as z from 'zod';
import type { SagaId } from './ids.ts';
import type { Saga } from './saga.ts';

/** One step that a participant has taken. */
export interface HistoryEntry {
  readonly at: string;
  readonly status: string;
  readonly because: string;
}

/**
 * A participant's one item per saga. It holds the new state, the proof that the step was done, and the events to
 * publish, so one conditional write covers all three.
 */
export interface SagaRecord<State> {
  readonly sagaId: SagaId;
  readonly version: number;
  readonly state: State;
  /** The bodies of the record's events, exactly as they are published each time. */
  readonly outbox: readonly string[];
  readonly history: readonly HistoryEntry[];
  readonly updatedAtMs: number;
  /** The latest format that the record was ever written in. */
  readonly format: number;
  /** Members of another version of the code, kept unchanged. */
  readonly unknown?: Unknown;
  /** Its saga ended and was forgotten: the state has only the members that are not personal. */
  readonly isForgotten?: true;
}

/** Unknown members: of the item, of its record and of the record's state. */
export interface Unknown {
  readonly item: Members | undefined;
  readonly record: Members | undefined;
  readonly state: Members | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** How a participant keeps its records in its table. */
export interface Table<State> {
  readonly saga: Saga;
  key(sagaId: SagaId): string;
  readonly schema: z.ZodType<State>;
  /**
   * Increased when a record's members change their meaning, but not when members are added. The first format is 1; it
   * is not written, so a record without a number has it.
   */
  readonly format?: number;
  /**
   * The state that a record ends with; undefined if something is under way. Asked only of a saga that has ended, before it is
   * forgotten. `isUnwanted`: it has failed, and the participant took part in it. Without it every state is an end.
   */
  settled?(state: State, isUnwanted: boolean): State | undefined;
  /** Attributes that indexes are built on. */
  indexed?(record: SagaRecord<State>): Readonly<Record<string, string | number>>;
}
