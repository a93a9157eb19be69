import { expect, test } from 'vitest';
import { compileFilters } from '../../../infra/local/rabbitmq-event-source/filter.ts';

function wants(patterns: readonly unknown[], body: unknown): boolean | undefined {
  const data = typeof body === 'string' ? body : JSON.stringify(body);
  return compileFilters(patterns, 'filterPatterns')?.(Buffer.from(data));
}

const data = (pattern: unknown): readonly unknown[] => [{ data: pattern }];

test.each([
  ['equal', { a: ['x'] }, { a: 'x' }, { a: 'X' }],
  ['null', { a: [null] }, { a: null }, {}],
  ['empty', { a: [''] }, { a: '' }, { a: ' ' }],
  ['a boolean', { a: [true] }, { a: true }, { a: 'true' }],
  ['a number', { a: [1] }, { a: 1 }, { a: '1' }],
  ['or', { a: ['x', 'y'] }, { a: 'y' }, { a: 'z' }],
  ['and', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, { a: 'x', b: 'z' }],
  ['or of fields', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, { a: 'y', b: 'x' }],
  ['nested', { a: { b: ['x'] } }, { a: { b: 'x' } }, { a: 'x' }],
  ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'Alice' }] }, { a: 'ALICE' }, { a: 'Bob' }],
  ['prefix', { a: [{ prefix: 'us-' }] }, { a: 'us-east-1' }, { a: 'eu-west-1' }],
  ['suffix', { a: [{ suffix: '.png' }] }, { a: 'b.png' }, { a: 'b.jpg' }],
  ['anything-but one', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, { a: 'x' }],
  ['anything-but texts', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 2 }, { a: 'y' }],
  ['anything-but numbers', { a: [{ 'anything-but': [1, 2] }] }, { a: 3 }, { a: 2 }],
  ['anything-but of an absent field', { a: [{ 'anything-but': ['x'] }] }, { a: 'y' }, {}],
  ['exists', { a: [{ exists: true }] }, { a: null }, { b: 1 }],
  ['does not exist', { a: [{ exists: false }] }, { b: 1 }, { a: 1 }],
  ['does not exist, nested', { a: { b: [{ exists: false }] } }, {}, { a: { b: 1 } }],
  [
    'does not exist, in any object of a list',
    { a: { b: [{ exists: false }] } },
    { a: [{ c: 1 }, { d: 1 }] },
    { a: [{ b: 1 }, { c: 1 }] },
  ],
  [
    'does not exist, beside another field',
    { a: { b: [{ exists: false }], c: [1] } },
    { a: [{ d: 1 }, { c: 1 }] },
    { a: [{ b: 1 }, { c: 1 }] },
  ],
  [
    'does not exist, where only an object is',
    { a: [{ exists: false }] },
    { a: { b: 1 } },
    { a: [{ b: 1 }, 2] },
  ],
  ['does not exist, or is', { a: [{ exists: false }, 'x'] }, {}, { a: 'y' }],
  [
    'does not exist, in an alternative',
    { $or: [{ a: { b: [{ exists: false }] } }, { c: [1] }] },
    { a: 1 },
    { a: { b: 1 } },
  ],
  ['nested, in an empty list', { a: { b: [{ exists: false }] } }, { a: [] }, { a: [{ b: null }] }],
  ['numeric, equal', { a: [{ numeric: ['=', 100] }] }, { a: 100 }, { a: 101 }],
  ['numeric, lower bound', { a: [{ numeric: ['>', 10, '<=', 20] }] }, { a: 20 }, { a: 10 }],
  ['numeric, upper bound', { a: [{ numeric: ['>=', 10, '<', 20] }] }, { a: 10 }, { a: 20 }],
  ['numeric, of a text', { a: [{ numeric: ['>', 1] }] }, { a: 2 }, { a: '2' }],
  ['one element of an array', { a: ['x'] }, { a: ['y', 'x'] }, { a: ['y'] }],
  ['one object of an array', { a: { b: [1] } }, { a: [{ b: 2 }, { b: 1 }] }, { a: [{ b: 2 }] }],
])('%s', (_, pattern, wanted, unwanted) => {
  expect(wants(data(pattern), wanted)).toBe(true);
  expect(wants(data(pattern), unwanted)).toBe(false);
});

test('one of several patterns is enough', () => {
  const patterns = [{ data: { a: ['x'] } }, { data: { a: ['y'] } }];
  expect(wants(patterns, { a: 'y' })).toBe(true);
  expect(wants(patterns, { a: 'z' })).toBe(false);
});

test('a body in another format than its pattern is not wanted', () => {
  expect(wants(data(['x', { prefix: 'ab' }]), 'abc')).toBe(true);
  expect(wants(data(['x', { prefix: 'ab' }]), 'cab')).toBe(false);
  expect(wants(data([{ prefix: '{' }]), '{"a":1}')).toBe(false);
  expect(wants(data({ a: [{ exists: false }] }), 'plain text')).toBe(false);
});

test.each(['42', '"x"', '[1]', 'true', 'null'])('%s is JSON, but no object: it counts as text', (body) => {
  expect(wants(data([body]), body)).toBe(true);
  expect(wants(data({ a: [{ exists: false }] }), body)).toBe(false);
});

test('a body that is not UTF-8 is not wanted', () => {
  const filter = compileFilters(data([{ 'anything-but': 'x' }]), 'filterPatterns');
  expect(filter?.(Buffer.from('y'))).toBe(true);
  expect(filter?.(Buffer.from([0xff]))).toBe(false);
});

test('without patterns there is no filter', () => {
  expect(compileFilters(undefined, 'filterPatterns')).toBeUndefined();
});

test.each([
  [[], 'filterPatterns must be a list of 1 to 10 patterns'],
  [
    Array.from({ length: 11 }, () => ({ data: { a: [1] } })),
    'filterPatterns must be a list of 1 to 10 patterns',
  ],
  [
    [{ basicProperties: { type: ['x'] } }],
    'filterPatterns[0] must be a mapping with the key data and no other',
  ],
  [data({}), 'filterPatterns[0].data must be a mapping from fields to lists of rules'],
  [data({ a: 'x' }), 'filterPatterns[0].data.a must be a mapping from fields to lists of rules'],
  [data({ a: [] }), 'filterPatterns[0].data.a must be a list with at least one rule'],
  [data({ a: [{ wildcard: '*' }] }), 'filterPatterns[0].data.a[0] has the operator wildcard; Lambda knows'],
  [data({ a: [{ prefix: 1 }] }), 'filterPatterns[0].data.a[0].prefix must be a text'],
  [data({ a: [{ exists: 'yes' }] }), 'filterPatterns[0].data.a[0].exists must be true or false'],
  [
    data({ a: [{ exists: true, prefix: 'x' }] }),
    'filterPatterns[0].data.a[0] must be a value or one operator',
  ],
  [data({ a: [{ numeric: ['>'] }] }), 'filterPatterns[0].data.a[0].numeric must be a comparison'],
  [data({ a: [{ numeric: ['!', 1] }] }), 'filterPatterns[0].data.a[0].numeric must be a comparison'],
  [
    data({ a: [{ 'anything-but': [] }] }),
    'filterPatterns[0].data.a[0].anything-but must be a text, a number',
  ],
  [
    data({ a: [{ 'anything-but': ['x', 1] }] }),
    'filterPatterns[0].data.a[0].anything-but must be a text, a number, or a list of either',
  ],
  [data({ $or: [{ a: [1] }] }), 'filterPatterns[0].data.$or must be a list of at least two patterns'],
])('%j is refused', (patterns, message) => {
  expect(() => compileFilters(patterns, 'filterPatterns')).toThrow(message);
});

// https://github.com/aws/event-ruler: one comparison, or a lower and then a higher bound.
test.each([
  [['<', 1, '>', 2]],
  [['=', 1, '<', 2]],
  [['>', 1, '>', 0]],
  [['>', 2, '<', 1]],
  [['>', 1, '<', 1]],
  [['>', 0, '<']],
  [['constructor', 1]],
  [[]],
])('the numeric range %j is refused', (numeric) => {
  expect(() => compileFilters(data({ a: [{ numeric }] }), 'filterPatterns')).toThrow(
    'filterPatterns[0].data.a[0].numeric must be a comparison',
  );
});
