import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CustomerId } from '../../functions/ids.ts';
import { shop } from '../../functions/shop.ts';
import { shareConnections } from '../../infra/aws/connections.ts';
import { importsOf } from '../../infra/aws/imports.ts';
import { needsOf, serviceOf } from '../../infra/aws/needs.ts';
import { roleOf } from '../../infra/aws/roles.ts';
import { alarmsTemplate } from '../../infra/aws/templates/alarms.ts';
import { brokerTemplate } from '../../infra/aws/templates/broker.ts';
import { dashboard } from '../../infra/aws/templates/dashboard.ts';
import { tablesTemplate } from '../../infra/aws/templates/tables.ts';
import type { Template } from '../../infra/aws/templates/template.ts';
import { topologyResource } from '../../infra/aws/topology-resource.ts';
import { participantFunctions } from '../../infra/functions/participant-functions.ts';
import { sagaVariables } from '../../infra/functions/variables.ts';
import { flawsOf } from '../support/aws/schema.ts';

/**
 * Goal: a new participant is its folder and its entry, and all that AWS has of it follows. Method: declares one that has
 * everything an entry may say, with a dash in its name, and compares with what there is without it.
 */
const extended = defineSaga({
  ...shop,
  completes: ['parcel.sent'],
  events: {
    ...shop.events,
    'parcel.sent': v1(z.object({})),
    'parcel.refused': v1(z.object({ customerId: CustomerId, code: z.string() })),
    'parcel.recalled': v1(z.object({})),
  },
  participants: {
    ...shop.participants,
    'parcel-carrier': {
      consumes: ['payment.captured', 'stock.reserved'],
      says: { 'parcel.sent': 'step', 'parcel.refused': 'failure', 'parcel.recalled': 'compensation' },
      record: 'parcel',
      secrets: ['courier'],
      indexes: [
        { name: 'by-depot', partition: { name: 'depot', type: 'S' }, sort: { name: 'sentAtMs', type: 'N' } },
      ],
    },
  },
});
const service = 'parcel-carrier';

/** The same with any elements more in its lists, such as those of a policy. */
function atLeast(value: object): object {
  const inside = (each: unknown): unknown =>
    typeof each === 'object' && each !== null ? atLeast(each) : each;
  if (Array.isArray(value)) return expect.arrayContaining(value.map(inside));
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inside(each)])),
  );
}

/** The members of one that the other has not. */
function added<T>(before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>) {
  expect(after).toMatchObject(atLeast(before));
  return Object.fromEntries(Object.entries(after).filter(([name]) => !Object.hasOwn(before, name)));
}

const functions = added(
  Object.fromEntries(participantFunctions(shop)),
  Object.fromEntries(participantFunctions(extended)),
);

test('has its functions, by the names of its files', () => {
  const handlers = Object.entries(functions).map(([name, { handler }]) => [name, handler]);
  expect(Object.fromEntries(handlers)).toEqual({
    'parcel-carrier': 'functions/parcel-carrier/participate.handler',
    'parcel-carrier-dead-letters': 'functions/parcel-carrier/dead-letters.handler',
    'get-parcel-carrier-audit': 'functions/parcel-carrier/get-audit.handler',
    'count-parcel-carrier-dead-letters': 'functions/parcel-carrier/count-dead-letters.handler',
    'get-parcel': 'functions/parcel-carrier/get-record.handler',
  });
  expect(functions[service]?.events).toMatchObject([{ rabbitmq: { queue: service } }]);
  expect(functions['get-parcel']?.events).toMatchObject([
    { http: { path: expect.stringMatching(/\/parcel$/) } },
  ]);
});

test('has the variables of its table and of its secret', () => {
  expect(added(sagaVariables(shop, 'prod'), sagaVariables(extended, 'prod'))).toEqual({
    PARCEL_CARRIER_TABLE: 'order-saga-prod-parcel-carrier',
    COURIER_SECRET: '',
    COURIER_SECRET_KEY: `\${env:COURIER_SECRET_KEY, ''}`,
  });
});

describe('each of its functions has a role', () => {
  const role = (functionName: string) => {
    const { handler = '' } = functions[functionName] ?? {};
    const needs = needsOf(extended, functionName, handler);
    const own = { saga: extended, functionName, needs, service: serviceOf(extended, handler, needs) };
    return roleOf({ ...own, stage: 'prod', imports: importsOf(extended, 'prod'), collector: '' });
  };

  test.each(Object.keys(functions))('%s, which CloudFormation takes', (name) => {
    const { Type, Properties } = role(name) as Template['Resources'][string];
    expect(flawsOf(name, Type, Properties)).toEqual([]);
  });

  test('that reaches its own table, and the secrets that its consumer needs', () => {
    const all = Object.keys(functions).map((name) => [name, JSON.stringify(role(name))] as const);
    for (const [name, text] of all) {
      expect(text.match(/table\/[\w-]+/g) ?? [], name).not.toContain('table/order-saga-prod-payment');
      expect(text.includes('CourierSecret'), name).toBe(name === service);
    }
    expect(all.filter(([, text]) => text.includes('dynamodb:PutItem')).map(([name]) => name)).toEqual([
      service,
      // Who did what with them, and nothing else.
      'parcel-carrier-dead-letters',
    ]);
    expect(all.filter(([, text]) => text.includes('ParcelCarrierBrokerSecret'))).toHaveLength(3);
  });
});

describe('the stacks', () => {
  const additions = (templateOf: (saga: typeof shop | typeof extended) => Template) => {
    const [before, after] = [templateOf(shop), templateOf(extended)];
    return {
      resources: added(before.Resources, after.Resources),
      outputs: added(before.Outputs, after.Outputs),
    };
  };
  const tables = additions(tablesTemplate);
  const broker = additions(brokerTemplate);
  const alarms = additions((saga) => {
    const { Resources } = alarmsTemplate(saga, 'prod');
    return { Resources, Outputs: {} };
  });

  test('have its table with its index, its secrets with their exports, and its alarms', () => {
    expect(Object.keys(tables.resources)).toEqual(['ParcelCarrierTable', 'ParcelCarrierAuditPipe']);
    expect(tables.resources.ParcelCarrierTable?.Properties).toMatchObject({
      TableName: { 'Fn::Sub': `order-saga-\${Stage}-parcel-carrier` },
      GlobalSecondaryIndexes: [{ IndexName: 'by-depot' }, { IndexName: 'audit' }],
    });
    expect(Object.keys(tables.outputs)).toEqual(['ParcelCarrierTableName']);
    expect(Object.keys(broker.resources)).toEqual(['ParcelCarrierBrokerSecret', 'CourierSecret']);
    expect(Object.keys(broker.outputs)).toEqual(Object.keys(broker.resources));
    expect(Object.keys(alarms.resources)).toEqual([
      ...['ParcelCarrierDeadLetters', 'ParcelCarrierDeadLettersTooOld'],
      ...['ParcelCarrierEventSourceErrors', 'ParcelCarrierTableThrottled', 'ParcelCarrierAuditPipeFailing'],
    ]);
  });

  test('have it on the dashboard', () => {
    const { Dashboard } = dashboard(extended, 'prod');
    expect(JSON.stringify(Dashboard)).toContain('StepLatency');
    expect(JSON.stringify(Dashboard)).toContain(service);
  });

  test('are what CloudFormation takes, by the names that it takes', () => {
    const all = [tables, broker, alarms];
    const names = all.flatMap(({ resources, outputs }) => [
      ...Object.keys(resources),
      ...Object.keys(outputs),
    ]);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
    const flaws = all.flatMap(({ resources }) =>
      Object.entries(resources).flatMap(([name, { Type, Properties }]) => flawsOf(name, Type, Properties)),
    );
    expect(flaws).toEqual([]);
  });
});

test('has a broker user, whose password a deployment applies', () => {
  const imports = importsOf(extended, 'prod');
  const { Secrets, Digest } = topologyResource(extended, imports, '', '').Properties;
  expect(Secrets[service]).toEqual({ 'Fn::ImportValue': 'order-saga-prod-ParcelCarrierBrokerSecret' });
  expect(Digest).not.toBe(topologyResource(shop, imports, '', '').Properties.Digest);
});

test('takes its connections from what the API has of them', () => {
  const shareIn = (saga: typeof shop | typeof extended) => {
    // With one function alone that answers customers, nothing is lost in a division.
    const { 'cancel-order': _, ...others } = Object.fromEntries(structuredClone(participantFunctions(saga)));
    return shareConnections(saga, others, 'prod');
  };
  // Its consumer, its dead letters with two each, their count, and its mapping's two.
  expect(shareIn(shop) - shareIn(extended)).toBe(2 + 2 * 2 + 1 + 2);
});
