/** The local system can't run. The message says what is wrong and what to do, and is shown without a stack. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
