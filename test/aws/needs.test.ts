import { expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { needsOf, serviceOf } from '../../infra/aws/needs.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';

/** Goal: nothing is deployed with rights to a table or a secret that are nobody's. */
test('a handler belongs to the service whose folder it is in', () => {
  expect(
    serviceOf(shop, 'functions/payment/participate.handler', { table: ['read'], broker: 'consume' }),
  ).toBe('payment');
  expect(serviceOf(shop, 'functions/identity/authorizer.handler', {})).toBeUndefined();
  expect(serviceOf(shop, 'infra/aws/topology/topology.handler', { broker: 'administer' })).toBeUndefined();
});

test.each([{ table: ['read'] }, { broker: 'publish' }, { broker: 'consume' }] as const)(
  'what needs %j and is in the folder of no service is refused',
  (needed) => {
    const said = /functions\/shipping\/participate\.handler .* shipping is no service: .*functions\/shop\.ts/;
    expect(() => serviceOf(shop, 'functions/shipping/participate.handler', needed)).toThrow(said);
    // A name that every object has is no service either.
    expect(() => serviceOf(shop, 'functions/constructor/participate.handler', needed)).toThrow();
  },
);

test('every function there is passes', () => {
  for (const [name, { handler }] of Object.entries(readConfiguration(shop, 'prod').functions)) {
    expect(() => serviceOf(shop, handler, needsOf(shop, name, handler)), name).not.toThrow();
  }
});
