import type { Saga } from '../../engine/saga/saga.ts';
import { SetupError } from '../local/processes/setup-error.ts';
import { declarationFile } from '../local/project.ts';
import { type FunctionDefinition, participantFunctions } from './participant-functions.ts';
import { sagaVariables } from './variables.ts';

/** As serverless.yml says it. */
interface Stated {
  readonly functions?: object;
  readonly provider: { readonly environment?: object };
}

interface Additions {
  readonly functions: readonly (readonly [name: string, definition: FunctionDefinition])[];
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/**
 * What follows from a saga's declaration beside what serverless.yml says, which wins over a variable.
 * @throws SetupError if it names a function that a participant has
 */
export function additionsTo(
  { functions = {}, provider: { environment = {} } }: Stated,
  saga: Saga,
): Additions {
  const derived = participantFunctions(saga);
  const names = derived.map(([name]) => name);
  const twice = names.find((name, index) => Object.hasOwn(functions, name) || names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new SetupError(
      `The function ${twice} is defined twice: by ${declarationFile}, and by serverless.yml or another ` +
        'participant. Give the other function, the service or its record another name.',
    );
  }
  const variables = Object.entries(sagaVariables(saga, `\${sls:stage}`));
  return { functions: derived, variables: variables.filter(([name]) => !Object.hasOwn(environment, name)) };
}
