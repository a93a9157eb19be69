import { describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { brokerSecretOf, outsideSecretOf } from '../../infra/aws/templates/broker.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';
import { functions, ofType, propertiesOf, shortName, template } from '../support/aws/production.ts';

const AUDITOR = 'reconcile';
/** What they forget is in every table. */
const FORGETTERS = ['erase', 'retain'];
/** They show what all participants have of an order. */
const VIEWERS = ['get-timeline', 'list-sagas', 'look-up'];

/** Goal: each function may do what it has to and nothing else. Method: reads the packaged template's policies. */
describe('permissions', () => {
  test('every function has a role of its own, which nothing else has', () => {
    const roles = functions().map(([, { Role }]) => String(Role['Fn::GetAtt'][0]));
    expect(new Set(roles).size).toBe(functions().length);
    expect(
      ofType('AWS::IAM::Role')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(roles.toSorted());
    expect(functions()).toHaveLength(Object.keys(readConfiguration(shop, 'prod').functions).length);
  });

  /** The only actions that know no resources, each by the service authorization reference. */
  const withoutResources = /^ec2:Describe(NetworkInterfaces|Subnets|SecurityGroups|Vpcs)$/;

  /** What Lambda does to interfaces that it makes and names. */
  const onInterfaces = [
    ...['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
    ...['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
  ];

  test('allow no wildcard but where AWS knows no resource, and what Lambda names itself', () => {
    const wide: string[] = [];
    for (const [name, { Policies }] of propertiesOf('AWS::IAM::Role')) {
      for (const { PolicyDocument } of Policies) {
        for (const { Effect, Action, Resource } of PolicyDocument.Statement) {
          if (Effect !== 'Allow') continue;
          for (const action of Action) if (action.includes('*')) wide.push(`${name}: ${action}`);
          for (const resource of Array.isArray(Resource) ? Resource : [Resource]) {
            const text = JSON.stringify(resource);
            const isNamedByLambda =
              /:log-group:[^*"]+:\*"\}$/.test(text) ||
              (/:ec2:[^*"]+:\*\/\*"\}$/.test(text) &&
                Action.every((each: string) => onInterfaces.includes(each)));
            const isUnavoidable =
              resource === '*' && Action.every((each: string) => withoutResources.test(each));
            if (text.includes('*') && !isNamedByLambda && !isUnavoidable)
              wide.push(`${name}: ${Action} on ${text}`);
          }
        }
      }
    }
    expect(wide).toEqual([]);
  });

  test('reach only the function’s own table and its own secrets', () => {
    for (const [, { Role, FunctionName, Handler }] of functions()) {
      const [, folder = ''] = String(Handler).split('/');
      const service = shop.services.find((each) => each === folder);
      if ([AUDITOR, ...FORGETTERS, ...VIEWERS].includes(shortName({ FunctionName }))) continue;
      const policy = JSON.stringify(template.Resources[Role['Fn::GetAtt'][0]]);
      const foundTables = [...policy.matchAll(/table\/order-saga-prod-([\w-]+)/g)].map(([, found]) => found);
      expect(new Set(foundTables), FunctionName).toEqual(new Set(foundTables.length > 0 ? [service] : []));
      if (shortName({ FunctionName }) === 'topology') continue;
      const secrets = [...policy.matchAll(/order-saga-prod-(\w+Secret)/g)].map(([, found]) => found);
      const own = service === undefined ? [] : [brokerSecretOf(service)];
      if (service !== undefined && [service, 'stripe-webhook'].includes(shortName({ FunctionName }))) {
        own.push(...(shop.partOf(service).secrets ?? []).map(outsideSecretOf));
      }
      expect(
        secrets.filter((each = '') => !own.includes(each)),
        FunctionName,
      ).toEqual([]);
    }
  });

  test('let the auditor read the three tables and ask Stripe, and nothing else', () => {
    const roles = functions().filter(([, properties]) => shortName(properties) === AUDITOR);
    const ids = roles.map(([, { Role }]) => String(Role['Fn::GetAtt'][0]));
    const statements = propertiesOf('AWS::IAM::Role')
      .filter(([name]) => ids.includes(name))
      .flatMap(([, { Policies }]) => Policies[0].PolicyDocument.Statement);
    const allowed = statements.map(({ Action, Resource }) => [
      Action,
      JSON.stringify(Resource).replaceAll(/.*(?:table\/|Value":")order-saga-prod-(\w+).*/g, '$1'),
    ]);
    const reads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan'];
    expect(allowed).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], expect.stringContaining(`prod-${AUDITOR}:*`)],
      ...['order', 'inventory', 'payment'].map((service) => [reads, service]),
      [['secretsmanager:GetSecretValue'], outsideSecretOf('stripe')],
      [['kms:Decrypt'], 'SecretsKeyArn'],
    ]);
  });

  test.each(FORGETTERS)(
    'let %s read and rewrite records, and delete nothing but the key of a name, and what somebody failed on',
    (name) => {
      const [role] = functions().filter(([, properties]) => shortName(properties) === name);
      const roles = Object.fromEntries(propertiesOf('AWS::IAM::Role'));
      const { Policies } = roles[String(role?.[1].Role['Fn::GetAtt'][0])] ?? {};
      const allowed = (Policies[0].PolicyDocument.Statement as readonly Record<string, unknown>[]).map(
        ({ Action, Resource, Condition }) => [
          Action,
          JSON.stringify(Resource).replaceAll(/.*table\/order-saga-prod-([\w/-]+).*/g, '$1'),
          ...(Condition === undefined ? [] : [JSON.stringify(Condition)]),
        ],
      );
      const tables = ['order', 'inventory', 'payment'];
      expect(allowed.slice(1)).toEqual([
        ...tables.map((each) => [['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan'], each]),
        ...tables.flatMap((each) => [
          [['dynamodb:PutItem'], each],
          [['dynamodb:DeleteItem'], each, expect.stringContaining('"trouble#*"')],
          [
            ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
            each,
            expect.stringContaining('"audit#*"'),
          ],
        ]),
        [['dynamodb:Query'], 'order/index/by-customer'],
        [['dynamodb:DeleteItem'], 'order', expect.stringContaining('["pseudonym-key#*","tally#*"]')],
      ]);
    },
  );

  test.each(VIEWERS)('let %s read the tables, and change nothing', (name) => {
    const [role] = functions().filter(([, properties]) => shortName(properties) === name);
    const roles = Object.fromEntries(propertiesOf('AWS::IAM::Role'));
    const { Policies } = roles[String(role?.[1].Role['Fn::GetAtt'][0])] ?? {};
    const allowed = (Policies[0].PolicyDocument.Statement as readonly Record<string, unknown>[]).map(
      ({ Action, Resource, Condition }) => [
        Action,
        JSON.stringify(Resource).replaceAll(/.*(?:table\/|Value":")order-saga-prod-([\w/-]+).*/g, '$1'),
        ...(String(Action).includes('GetItem')
          ? [JSON.stringify(Condition).replaceAll(/.*"dynamodb:LeadingKeys":(\[.*\]).*/g, '$1')]
          : []),
      ],
    );
    const reads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem'];
    const records = '["ord_*","ORDER#*","trouble#*"]';
    expect(allowed.slice(1)).toEqual([
      ...['order', 'inventory', 'payment'].map((service) => [reads, service, records]),
      ...(name === 'list-sagas'
        ? ['due', 'ended'].map((index) => [['dynamodb:Query'], `order/index/${index}`])
        : []),
      ...(name === 'look-up'
        ? [
            [['secretsmanager:GetSecretValue'], outsideSecretOf('stripe')],
            [['kms:Decrypt'], 'SecretsKeyArn'],
          ]
        : []),
    ]);
  });

  test('let only what writes change a table', () => {
    const writers = functions()
      .filter(([, { Role }]) =>
        JSON.stringify(template.Resources[Role['Fn::GetAtt'][0]]).includes('dynamodb:PutItem'),
      )
      .map(([, properties]) => shortName(properties));
    expect(writers.toSorted()).toEqual(
      [
        ...shop.services,
        // Who did what with them, and nothing else: leading-keys.test.ts.
        ...shop.services.map((service) => `${service}-dead-letters`),
        ...FORGETTERS,
        // Its caller's permit to wait, and no order: leading-keys.test.ts.
        'get-order',
        'place-order',
        'cancel-order',
        'nudge-order',
        'nudge-orders',
        'put-stock',
        'receive-stock',
        'resolve-payment',
        'stripe-webhook',
      ].toSorted(),
    );
  });
});
