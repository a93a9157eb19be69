import { application } from '../application.ts';
import { additionsTo } from './additions.ts';
import { ownSettings } from './own-settings.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly configurationInput: {
    readonly functions?: object;
    readonly provider: { readonly environment?: object };
  };
  readonly service: { service: string };
  extendConfiguration(path: readonly string[], value: unknown): void;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};

/**
 * Adds each participant's functions and variables, which follow from the declaration, to those in serverless.yml. It
 * does so before any command reads the configuration and before its variables are resolved.
 */
export default class ParticipantsPlugin {
  constructor(serverless: Serverless) {
    const own = ownSettings();
    if (own !== undefined) {
      serverless.service.service = application.name;
      serverless.extendConfiguration(['functions'], own.functions);
      for (const [name, value] of Object.entries(own.provider.environment))
        serverless.extendConfiguration(['provider', 'environment', name], value);
    }
    const { functions, variables } = additionsIn(serverless);
    for (const [name, definition] of functions) {
      serverless.extendConfiguration(['functions', name], definition);
    }
    for (const [name, value] of variables) {
      serverless.extendConfiguration(['provider', 'environment', name], value);
    }
  }
}

function additionsIn({ configurationInput, classes }: Serverless): ReturnType<typeof additionsTo> {
  try {
    return additionsTo(configurationInput, application);
  } catch (error) {
    throw new classes.Error(error instanceof Error ? error.message : String(error), 'FUNCTION_THERE_TWICE');
  }
}
