/**
 * The outside cannot be asked now, and nothing has failed. An effect throws it; its message then waits in a delay queue,
 * however often, and no attempt is counted. `afterMs`: when it is worth trying again.
 */
export class Deferred extends Error {
  override readonly name = 'Deferred';
  readonly afterMs: number;

  constructor(reason: string, afterMs: number, options?: ErrorOptions) {
    super(reason, options);
    this.afterMs = afterMs;
  }
}
