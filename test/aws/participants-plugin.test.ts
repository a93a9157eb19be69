import { expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { participantFunctions } from '../../infra/functions/participant-functions.ts';
import ParticipantsPlugin from '../../infra/functions/plugin.ts';
import { sagaVariables } from '../../infra/functions/variables.ts';

/** Goal: nothing in serverless.yml takes the place of what the declaration brings without a word. */
function configured(configurationInput: { functions?: object; provider: { environment?: object } }) {
  const paths: string[] = [];
  new ParticipantsPlugin({
    configurationInput,
    service: { service: '' },
    extendConfiguration: (path) => void paths.push(path.join('.')),
    classes: { Error },
  });
  return paths;
}

test('every function and variable is added before any command looks', () => {
  const names = participantFunctions(shop).map(([name]) => `functions.${name}`);
  expect(configured({ provider: {} })).toEqual([
    ...names,
    ...Object.keys(sagaVariables(shop, '')).map((name) => `provider.environment.${name}`),
  ]);
});

test('a function that serverless.yml has too is refused, and it is said what to do', () => {
  expect(() => configured({ functions: { 'get-payment': {} }, provider: {} })).toThrow(
    /The function get-payment is defined twice: .* Give the other function, the service or its record another name\./,
  );
});

test('a variable that serverless.yml sets stays as it is there', () => {
  const environment = { STRIPE_SECRET_KEY: 'sk_test_local' };
  expect(configured({ provider: { environment } })).not.toContain('provider.environment.STRIPE_SECRET_KEY');
});
