import { SetupError } from '../processes/setup-error.ts';

/** Anyone can sign these tokens, so they must be worthless outside a developer's machine. */
export function refuseOutsideLocal(environment: NodeJS.ProcessEnv): void {
  const stage = environment.STAGE;
  if (stage !== undefined && stage !== 'local') {
    throw new SetupError(
      `The development token issuer runs in the local stage only, and STAGE is "${stage}".`,
    );
  }
}
