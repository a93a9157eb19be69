/** Why the local system can't run, told to a person: what is wrong and what to do. Shown without a stack. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
