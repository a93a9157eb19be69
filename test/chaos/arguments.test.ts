import { describe, expect, test } from 'vitest';
import { argumentsOf, UsageError } from './arguments.ts';

const parse = (...args: readonly string[]) => argumentsOf(args, () => '4711');

describe('the command line', () => {
  test('takes minutes, a seed and --json, and makes a seed up when there is none', () => {
    expect(parse('--minutes', '30', '--seed', 'two', '--json')).toEqual({
      minutes: 30,
      seed: 'two',
      json: true,
    });
    expect(parse('--minutes=0.5')).toEqual({ minutes: 0.5, seed: '4711', json: false });
    expect(parse()).toEqual({ minutes: 2, seed: '4711', json: false });
  });

  test.each([
    [['--minutes', '0']],
    [['--minutes', 'ten']],
    [['--minutes', '1e9']],
    [['--minutes', '241']],
    [['--minutes']],
    [['--seed', '../x', '--minutes', '1']],
    [['--seed', '']],
    [['--forever']],
    [['1']],
  ])('refuses %j in one line', (args) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(/^[^\n]*Usage: npm run chaos[^\n]*$/);
  });
});
