import { shop } from '../../functions/shop.ts';
import { additionsTo } from './additions.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly configurationInput: {
    readonly functions?: object;
    readonly provider: { readonly environment?: object };
  };
  extendConfiguration(path: readonly string[], value: unknown): void;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};

/**
 * Adds each participant's functions and variables, which follow from the declaration, to those in serverless.yml. It
 * does so before any command reads the configuration and before its variables are resolved.
 */
export default class ParticipantsPlugin {
  constructor(serverless: Serverless) {
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
    return additionsTo(configurationInput, shop);
  } catch (error) {
    throw new classes.Error(error instanceof Error ? error.message : String(error), 'FUNCTION_THERE_TWICE');
  }
}
