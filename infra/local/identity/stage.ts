import { SetupError } from '../processes/setup-error.ts';

/** Tokens anyone can sign must never be honoured outside a developer's machine. */
export function refuseOutsideLocal(environment: NodeJS.ProcessEnv): void {
  const stage = environment.STAGE;
  if (stage !== undefined && stage !== 'local') {
    throw new SetupError(
      `The development token issuer runs in the local stage only, and STAGE is "${stage}".`,
    );
  }
}
