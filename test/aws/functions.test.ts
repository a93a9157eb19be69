import { describe, expect, test } from 'vitest';
import { pascalCase } from '../../engine/saga/names.ts';
import { shop } from '../../functions/shop.ts';
import { needsOf } from '../../infra/aws/needs.ts';
import { consumerOf, counterOf, deadLettersOf } from '../../infra/functions/participant-functions.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';
import { functions, ofType, propertiesOf, shortName, template } from '../support/aws/production.ts';
import { readWiring } from '../support/wiring.ts';
import { variablesOf } from '../support/wiring-checks.ts';

/** Goal: functions run as was decided. Method: reads them in the packaged template. */
const wiring = readWiring();

describe('functions', () => {
  test('run on nodejs24.x and arm64, and are given every variable that their sources read', () => {
    const read = variablesOf(wiring);
    expect(read.length).toBeGreaterThan(10);
    for (const [, { Runtime, Architectures, Environment }] of functions()) {
      expect([Runtime, Architectures]).toEqual(['nodejs24.x', ['arm64']]);
      const given = Object.keys(Environment.Variables);
      const missing = read.filter(({ name }) => !given.includes(name) && !name.startsWith('AWS_'));
      expect(missing).toEqual([]);
    }
  });

  test('that talk to the broker are in its network, with their own secret; the others are not', () => {
    for (const [name, properties] of functions()) {
      const { BROKER_SECRET: secret, RABBITMQ_URL: url } = properties.Environment.Variables;
      expect(url).toEqual({ 'Fn::ImportValue': 'order-saga-prod-BrokerAmqpUrl' });
      const isInside = properties.VpcConfig !== undefined;
      expect(isInside, name).toBe(secret !== '' || shortName(properties) === 'topology');
      if (isInside) expect(properties.VpcConfig.SubnetIds).toHaveLength(3);
    }
    const inside = functions().filter(([, { VpcConfig }]) => VpcConfig !== undefined);
    const ofTheInitiator = ['place-order', 'cancel-order', 'nudge-order', 'nudge-orders'];
    const ofEach = shop.services.flatMap((service) => [
      ...[consumerOf(service), deadLettersOf(service), counterOf(service)],
    ]);
    expect(inside.map(([, properties]) => shortName(properties)).toSorted()).toEqual(
      [...ofEach, ...ofTheInitiator, 'resolve-payment', 'stripe-webhook', 'topology'].toSorted(),
    );
  });

  test('that ask Stripe have its key’s secret; no other has', () => {
    const given = functions().filter(([, { Environment }]) => Environment.Variables.STRIPE_SECRET !== '');
    const { functions: declared } = readConfiguration(shop, 'prod');
    const asking = Object.entries(declared).filter(([name, { handler }]) =>
      needsOf(shop, name, handler).secrets?.includes('stripe'),
    );
    expect(given.map(([, properties]) => shortName(properties)).toSorted()).toEqual(
      asking.map(([name]) => name).toSorted(),
    );
    expect(asking.map(([name]) => name)).toEqual(expect.arrayContaining(['payment', 'reconcile']));
  });

  test('that publish or consume change after the topology, and not before it was accepted', () => {
    for (const [, { Properties, DependsOn }] of ofType('AWS::Lambda::Function')) {
      const isLater = Properties.VpcConfig !== undefined && shortName(Properties) !== 'topology';
      expect([DependsOn].flat().includes('Topology'), shortName(Properties)).toBe(isLater);
    }
  });

  test('that must not be starved, or must not run twice, have their concurrency reserved', () => {
    const reserved = functions().map(([, properties]) => [
      shortName(properties),
      properties.ReservedConcurrentExecutions,
    ]);
    expect(Object.fromEntries(reserved)).toMatchObject({
      ...Object.fromEntries(shop.services.map((service) => [consumerOf(service), 2])),
      ...{ 'nudge-orders': 1, topology: 1 },
      // It calls Stripe, and no pace holds it.
      'look-up': 2,
      ...Object.fromEntries(shop.services.map((service) => [counterOf(service), 1])),
    });
  });

  test('take no concurrency from the others where no connection is to be saved, and no call of Stripe', () => {
    const unconnected = functions().filter(
      ([, properties]) =>
        properties.VpcConfig === undefined && !['authorizer', 'look-up'].includes(shortName(properties)),
    );
    expect(unconnected.length).toBeGreaterThan(5);
    for (const [name, properties] of unconnected) {
      expect(properties.ReservedConcurrentExecutions, name).toBeUndefined();
    }
  });

  test('have no versions, of which each deployment would leave one for each', () => {
    expect(ofType('AWS::Lambda::Version')).toEqual([]);
  });

  test('keep their logs for a month', () => {
    const groups = propertiesOf('AWS::Logs::LogGroup');
    for (const [name, { RetentionInDays }] of groups) expect(RetentionInDays, name).toBe(30);
    expect(groups).toHaveLength(functions().length + 1);
  });
});

describe('the topology', () => {
  test('finds the broker and every secret in its own environment, whatever an event says', () => {
    const { Properties } = template.Resources.TopologyLambdaFunction ?? {};
    const { Variables } =
      (Properties as Record<string, { Variables: Record<string, unknown> }>).Environment ?? {};
    const imported = (name: string) => ({ 'Fn::ImportValue': `order-saga-prod-${name}` });
    expect(Variables).toMatchObject({
      RABBITMQ_URL: imported('BrokerAmqpUrl'),
      BROKER_ADMIN_SECRET: imported('BrokerAdminSecret'),
      BROKER_SECRETS: {
        'Fn::Join': [
          ',',
          shop.services.map((name) => ({
            'Fn::Join': ['=', [name, imported(`${pascalCase(name)}BrokerSecret`)]],
          })),
        ],
      },
    });
    const given = functions().filter(
      ([, { Environment }]) => Environment.Variables.BROKER_ADMIN_SECRET !== '',
    );
    expect(given.map(([, properties]) => shortName(properties))).toEqual(['topology']);
  });

  test('is applied again when the topology, the users, the broker or a secret changes', () => {
    const { Properties } = template.Resources.Topology ?? {};
    const { Secrets, ...others } = Properties as Record<string, object>;
    expect(Object.keys(others)).toEqual([
      'ServiceToken',
      'ServiceTimeout',
      'Digest',
      'Broker',
      'AdminSecret',
    ]);
    expect(Object.keys(Secrets ?? {})).toEqual(shop.services);
  });
});
