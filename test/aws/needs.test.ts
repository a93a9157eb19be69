import { expect, test } from 'vitest';
import { needs, serviceOf } from '../../infra/aws/needs.ts';
import { readWiring } from '../support/wiring.ts';

/** Goal: nothing is deployed with rights to a table or a secret that are nobody's. */
test('a handler belongs to the service whose folder it is in', () => {
  expect(serviceOf('functions/payment/participate.handler', { table: ['read'], broker: 'consume' })).toBe(
    'payment',
  );
  expect(serviceOf('functions/identity/authorizer.handler', {})).toBeUndefined();
  expect(serviceOf('infra/aws/topology/topology.handler', { broker: 'administer' })).toBeUndefined();
});

test.each([{ table: ['read'] }, { broker: 'publish' }, { broker: 'consume' }] as const)(
  'what needs %j and is in the folder of no service is refused',
  (needed) => {
    const said = /functions\/shipping\/participate\.handler .* shipping is no service: .*choreography\.ts/;
    expect(() => serviceOf('functions/shipping/participate.handler', needed)).toThrow(said);
    // A name that every object has is no service either.
    expect(() => serviceOf('functions/constructor/participate.handler', needed)).toThrow();
  },
);

test('every function there is passes', () => {
  for (const [name, { handler }] of Object.entries(readWiring().serverless.functions)) {
    expect(() => serviceOf(handler, needs[name] ?? {}), name).not.toThrow();
  }
});
