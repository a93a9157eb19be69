import { describe, expect, test } from 'vitest';
import { handler } from '../../functions/identity/authorizer.ts';
import { functions, propertiesOf, shortName } from '../support/aws/production.ts';

/**
 * Goal: forged tokens take nothing from the callers, nor from the other functions. Method: reads the packaged template,
 * and holds its pattern against what the authorizer itself takes for a token.
 */
const [[, authorizer] = ['', {}]] = propertiesOf('AWS::ApiGateway::Authorizer');
const byName = Object.fromEntries(functions().map(([, properties]) => [shortName(properties), properties]));

/** Whether the authorizer gets as far as the issuer’s keys, which it has no address of here. */
const isTokenFor = async (authorizationToken: string): Promise<boolean> =>
  await handler({ type: 'TOKEN', authorizationToken, methodArn: 'arn' }).then(
    () => true,
    ({ message }: Error) => message !== 'Unauthorized',
  );

describe('the authorizer', () => {
  // Fails without the expression: each garbage token is a run of the function.
  test.each([
    ['Bearer a.b.c', true],
    ['bearer a-_9.b.c', true],
    ['BEARER a.b.c', true],
    ['Bearer ', false],
    ['Bearer a.b', false],
    ['Bearer a.b.c.d', false],
    ['Bearer a.b.c ', false],
    [' Bearer a.b.c', false],
    ['Bearer  a.b.c', false],
    ['Bearer a.b.c=', false],
    ['Bearer a.b.ç', false],
    ['Bearer a.b.c\nd', false],
    ['Basic a.b.c', false],
    ['a.b.c', false],
    ['', false],
  ])('is asked about %j: %s, as the authorizer would say itself', async (header, isAsked) => {
    expect(new RegExp(authorizer.IdentityValidationExpression).test(header)).toBe(isAsked);
    expect(await isTokenFor(header)).toBe(isAsked);
  });

  test('has concurrency of its own, and ends long before the gateway does', () => {
    expect(byName.authorizer).toMatchObject({ ReservedConcurrentExecutions: 20, Timeout: 6 });
  });

  test('remembers for five minutes what it said of a token', () => {
    expect(authorizer.AuthorizerResultTtlInSeconds).toBe(300);
  });
});

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const GATEWAY_SECONDS = 29;

test('every function that the gateway waits for ends before it', () => {
  const called = propertiesOf('AWS::ApiGateway::Method').flatMap(([, { Integration }]) =>
    [...JSON.stringify(Integration.Uri ?? '').matchAll(/"(\w+)LambdaFunction"/g)].map(
      ([, id]) => `${id}LambdaFunction`,
    ),
  );
  expect(new Set(called).size).toBeGreaterThan(10);
  for (const [id, { Timeout }] of functions()) {
    if (called.includes(id)) expect(Timeout, id).toBeLessThanOrEqual(GATEWAY_SECONDS - 2);
  }
});
