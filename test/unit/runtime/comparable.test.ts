import { expect, test } from 'vitest';
import { comparable } from '../../support/runtime/comparable.ts';

/** Goal: two answers are compared in all that they can share, and in no less. */
const reply = (body: object, headers: object = {}) => ({
  answer: { statusCode: 200, headers, body: JSON.stringify(body) },
});

test('members may stand in another order, also in a body', () => {
  const one = comparable(reply({ id: 1, items: [{ sku: 'a', quantity: 2 }] }));
  expect(one).toEqual(comparable(reply({ items: [{ quantity: 2, sku: 'a' }], id: 1 })));
});

test.each([
  [reply({ id: 1 }), reply({ id: 2 })],
  [reply({ id: 1 }), reply({})],
  [reply({}, { etag: '"1"' }), reply({}, { etag: '"2"' })],
  [reply({}), { answer: { statusCode: 202, headers: {}, body: '{}' } }],
  [{ answer: null }, { answer: { batchItemFailures: [] } }],
  [{ answer: null }, { error: { errorType: 'Error', errorMessage: 'no' } }],
  [
    { error: { errorType: 'Error', errorMessage: 'yes' } },
    { error: { errorType: 'Error', errorMessage: 'no' } },
  ],
] as const)('a difference is seen: %j, %j', (one, other) => {
  expect(comparable(one)).not.toEqual(comparable(other));
});

test('dates in headers are each call’s own', () => {
  expect(comparable(reply({}, { date: 'now' }))).toEqual(comparable(reply({}, { Date: 'then' })));
  expect(comparable({ answer: { statusCode: 200, body: 'a page' } })).toMatchObject({ body: 'a page' });
});
