import { shop } from '../../functions/shop.ts';
import { participantFunctions } from './participant-functions.ts';
import { sagaVariables } from './variables.ts';

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
    const { configurationInput, classes } = serverless;
    const { functions = {}, provider } = configurationInput;
    for (const [name, definition] of participantFunctions(shop)) {
      if (Object.hasOwn(functions, name)) {
        throw new classes.Error(
          `The function ${name} is defined twice: by functions/shop.ts, and by serverless.yml or another ` +
            'participant. Give the other function, the service or its record another name.',
          'FUNCTION_THERE_TWICE',
        );
      }
      serverless.extendConfiguration(['functions', name], definition);
    }
    const { environment = {} } = provider;
    for (const [name, value] of Object.entries(sagaVariables(shop, `\${sls:stage}`))) {
      if (!Object.hasOwn(environment, name)) {
        serverless.extendConfiguration(['provider', 'environment', name], value);
      }
    }
  }
}
