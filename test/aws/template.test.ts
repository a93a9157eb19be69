import { describe, expect, test } from 'vitest';
import { broker, functions, propertiesOf, template, templates } from '../support/aws/production.ts';
import { flawsOf } from '../support/aws/schema.ts';
import { membersNamed } from '../support/aws/templates.ts';

/** Goal: CloudFormation takes what is deployed, and no secret is in it. Method: reads the templates as it would get them. */
describe('every template', () => {
  test('has only resources that CloudFormation knows, with the properties they need, of the right types', () => {
    const flaws = templates.flatMap(({ Resources }) =>
      Object.entries(Resources).flatMap(([name, { Type, Properties }]) => flawsOf(name, Type, Properties)),
    );
    expect(flaws).toEqual([]);
  });

  test('keeps to the limits of names and numbers', () => {
    for (const { Resources } of templates) expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
    for (const [, { FunctionName, Description = '' }] of functions()) {
      expect(FunctionName.length).toBeLessThanOrEqual(64);
      expect(Description.length).toBeLessThanOrEqual(256);
    }
    for (const { Resources } of templates) {
      for (const [name, value] of membersNamed('AlarmName', Resources)) {
        expect(JSON.stringify(value).length, name).toBeLessThanOrEqual(255);
      }
    }
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
  });

  test('holds no secret, and no function is given one', () => {
    const text = JSON.stringify(templates);
    expect(text).not.toContain('leaked');
    expect(text).not.toMatch(/sk_(live|test)_|AKIA|-----BEGIN|amqps?:\/\/[^"]*:[^"]*@/);
    for (const [name, { Environment }] of functions()) {
      for (const [variable, value] of Object.entries(Environment.Variables)) {
        if (!/SECRET|PASSWORD|KEY|TOKEN/.test(variable)) continue;
        expect(isReference(value), `${name} ${variable} ${JSON.stringify(value)}`).toBe(true);
      }
    }
    for (const [, { SecretString }] of propertiesOf('AWS::SecretsManager::Secret', broker)) {
      expect(SecretString).toBeUndefined();
    }
    const [[, { Users }] = ['', { Users: [] }]] = propertiesOf('AWS::AmazonMQ::Broker', broker);
    expect(JSON.stringify(Users)).toMatch(/resolve:secretsmanager.*resolve:secretsmanager/);
  });

  /** To nothing but the name of a secret, or to a list of such with whose each is. */
  function isReference(value: unknown): boolean {
    if (value === '' || /^\{\{resolve:ssm:/.test(String(value))) return true;
    if (/^\{"Fn::ImportValue":"order-saga-prod-\w+Secret"\}$/.test(JSON.stringify(value))) return true;
    const { 'Fn::Join': [separator, parts] = [] } = Object(value) as { 'Fn::Join'?: [string, unknown[]] };
    if (separator === ',') return parts?.every(isReference) === true;
    return separator === '=' && parts?.length === 2 && isServiceName(parts[0]) && isReference(parts[1]);
  }
  const isServiceName = (value: unknown): boolean => /^[a-z-]+$/.test(String(value));

  test('imports nothing that the broker’s stack does not export', () => {
    const exported = Object.values(broker.Outputs).map(({ Export }) => JSON.stringify(Export));
    const imported = new Set([...membersNamed('Fn::ImportValue', template)].map(([, name]) => String(name)));
    expect(imported.size).toBeGreaterThan(8);
    for (const name of imported) {
      const wanted = name.replace('order-saga-prod-', `order-saga-\${Stage}-`);
      expect(exported).toContainEqual(expect.stringContaining(`"${wanted}"`));
    }
  });
});
