import { describe, expect, test } from 'vitest';
import { comparable } from '../support/runtime/comparable.ts';
import { LambdaEnvironment } from '../support/runtime/environment.ts';
import { eventFor } from '../support/runtime/events.ts';
import { deployed, functionNamed, local, start } from '../support/runtime/here.ts';
import { offline } from '../support/runtime/offline.ts';

/**
 * Goal: what is packaged answers in Lambda as its source does on a laptop. Method: each bundle runs under AWS's runtime
 * client, and is asked what serverless-offline is asked, of the same tables, broker and issuer; the answers are compared
 * field by field.
 */

const eventOf = (name: string): object =>
  name === 'authorizer'
    ? { ...eventFor(name), authorizationToken: `Bearer ${local.customerToken}` }
    : eventFor(name);

/** The status of an answer over HTTP; 0 of any other. */
const statusOf = (answer: object): number =>
  (answer as { readonly answer?: { readonly statusCode?: number } | null }).answer?.statusCode ?? 0;

/** The same event about another order. */
function aboutOrder(orderId: string, event: object): object {
  const text = JSON.stringify(event).replaceAll(ORDER, orderId);
  const of = ({ data }: { readonly data: string }) => Buffer.from(data, 'base64').toString();
  return JSON.parse(text, (_, value: { readonly data: string } | undefined) =>
    typeof value?.data === 'string'
      ? { ...value, data: Buffer.from(of(value).replaceAll(ORDER, orderId)).toString('base64') }
      : value,
  ) as object;
}

const ORDER = 'ord_4wJS5bP4AoI51kK_FSqLHUDu';
const asOperator = { requestContext: { authorizer: { principalId: 'olga', role: 'operator' } } };
const OTHER = 'ord_RunsUnderLambdasClient00';

describe('under Lambda’s own client as under serverless-offline', () => {
  test.each(deployed.map(({ name }) => name))('%s answers', async (name) => {
    // What is done once has its effect before either is looked at.
    await offline(local, name, eventOf(name));
    const expected = await offline(local, name, eventOf(name));
    expect(expected).toHaveProperty('answer');
    expect(statusOf(expected)).toBeLessThan(500);
    const environment = await start(functionNamed(name));
    try {
      const answer = await environment.invoke(eventOf(name));
      expect(comparable(answer), environment.output).toEqual(comparable(expected));
      // The environment is good for more than one.
      expect(comparable(await environment.invoke(eventOf(name)))).toEqual(comparable(expected));
    } finally {
      await environment.kill();
    }
  });

  test('a consumer does its step for a message that comes for the first time', async () => {
    const reading = { ...aboutOrder(OTHER, eventFor('get-reservation')), ...asOperator };
    expect(await offline(local, 'get-reservation', reading)).toMatchObject({ answer: { statusCode: 404 } });
    const environment = await start(functionNamed('inventory'));
    try {
      const answer = await environment.invoke(aboutOrder(OTHER, eventFor('inventory')));
      expect(answer, environment.output).toEqual({ answer: null });
    } finally {
      await environment.kill();
    }
    expect(await offline(local, 'get-reservation', reading)).toMatchObject({ answer: { statusCode: 200 } });
  });

  test('a token that is none is refused', async () => {
    const environment = await start(functionNamed('authorizer'));
    try {
      const answer = await environment.invoke(eventFor('authorizer'));
      expect(answer).toMatchObject({ error: { errorType: 'Error', errorMessage: 'Unauthorized' } });
    } finally {
      await environment.kill();
    }
  });

  test('a function that lacks a variable does not start, and says which', async () => {
    const { ORDER_TABLE: _, ...variables } = functionNamed('get-order').variables;
    const { ORDER_TABLE: __, ...environment } = local.environment;
    await expect(
      LambdaEnvironment.start(functionNamed('get-order'), { ...variables, ...environment }),
    ).rejects.toThrow('the environment variable ORDER_TABLE is not set');
  });
});
