/** A service that hears an event. */
export interface Hearing {
  readonly service: string;
  readonly type: string;
}

/** Who says what, as far as the console draws it. It is derived from the saga's declaration, when the console is bundled. */
export interface Choreography {
  readonly initiator: string;
  readonly services: readonly string[];
  /** Each event: who says it, and what it does for its saga. */
  readonly says: Readonly<Record<string, { readonly by: string; readonly kind: string }>>;
  /** The services that undo what they did when a saga is cancelled. */
  readonly undoneBy: readonly string[];
  /** Who hears what if nothing fails and nobody cancels, in its sequence. */
  readonly idealPath: readonly Hearing[];
  /** The records that the API shows: each service's, by its name in the API. */
  readonly records: Readonly<Record<string, string>>;
}
