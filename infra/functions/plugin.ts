import { application } from '../application.ts';
import { declarationFile } from '../local/project.ts';
import { ownSettings } from './own-settings.ts';
import { participantFunctions } from './participant-functions.ts';
import { sagaVariables } from './variables.ts';

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
 * Adds what follows from the declaration to what serverless.yml says: each participant's functions and variables.
 * Before any command looks at the configuration, and before its variables are resolved.
 */
export default class ParticipantsPlugin {
  constructor(serverless: Serverless) {
    const { configurationInput, classes } = serverless;
    const own = ownSettings();
    if (own !== undefined) {
      serverless.service.service = application.name;
      serverless.extendConfiguration(['functions'], own.functions);
      for (const [name, value] of Object.entries(own.provider.environment))
        serverless.extendConfiguration(['provider', 'environment', name], value);
    }
    const { functions = {}, provider } = configurationInput;
    for (const [name, definition] of participantFunctions(application)) {
      if (Object.hasOwn(functions, name)) {
        throw new classes.Error(
          `The function ${name} is there twice: ${declarationFile} brings one, and so does serverless.yml or ` +
            'another participant. Give the other function, the service or its record another name.',
          'FUNCTION_THERE_TWICE',
        );
      }
      serverless.extendConfiguration(['functions', name], definition);
    }
    const { environment = {} } = provider;
    for (const [name, value] of Object.entries(sagaVariables(application, `\${sls:stage}`))) {
      if (!Object.hasOwn(environment, name)) {
        serverless.extendConfiguration(['provider', 'environment', name], value);
      }
    }
  }
}
