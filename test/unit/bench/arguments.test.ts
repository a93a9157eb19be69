import { describe, expect, test } from 'vitest';
import { argumentsOf, UsageError } from '../../bench/arguments.ts';

const parse = (...args: readonly string[]) => argumentsOf(args);

describe('the command line of the benchmark', () => {
  test('without arguments it is the full benchmark', () => {
    expect(parse()).toEqual({
      mode: 'full',
      sagas: 4_000,
      runs: 3,
      concurrency: 64,
      declined: 0.1,
      skus: 1_000,
      hot: false,
      ratePerSecond: undefined,
      providerLatencyMs: 0,
      sizes: [1_000, 10_000, 100_000],
      plotFile: undefined,
      withCounts: true,
      json: false,
    });
  });

  test('each mode has its own concurrency, unless one is given, and only the full one counts', () => {
    expect(parse('--participants-only')).toMatchObject({ mode: 'participants', concurrency: 1_000 });
    expect(parse('--participants-only', '--concurrency', '7')).toMatchObject({ concurrency: 7 });
    expect(parse('--provider-latency', '300')).toMatchObject({ mode: 'full', providerLatencyMs: 300 });
    expect(parse('--rate', '50')).toMatchObject({ mode: 'rate', ratePerSecond: 50, withCounts: false });
    expect(parse('--grow', '--sizes', '10,20', '--plot', 'p.svg')).toMatchObject({
      mode: 'grow',
      sizes: [10, 20],
      plotFile: 'p.svg',
    });
    expect(parse('--no-counts')).toMatchObject({ mode: 'full', withCounts: false });
  });

  test.each([
    ['0', 0],
    ['1', 1],
    ['0.25', 0.25],
    ['.5', 0.5],
  ])('a share of %s declined is understood', (text, declined) => {
    expect(parse('--declined', text)).toMatchObject({ declined });
  });

  test.each([
    [['--sagas', '0']],
    [['--sagas', '1e3']],
    [['--sagas', '1000001']],
    [['--sagas']],
    [['--concurrency', '-1']],
    [['--concurrency', '10001']],
    [['--declined', '1.5']],
    [['--declined', 'NaN']],
    [['--declined', '']],
    [['--skus', '2.5']],
    [['--rate', '0']],
    [['--rate', '5', '--participants-only']],
    [['--grow', '--rate', '5']],
    [['--plot', 'x.svg']],
    [['--sizes', '10']],
    [['--grow', '--sizes', '10,x']],
    [['--fast']],
    [['200']],
  ])('refuses %j in one line', (args) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(/^[^\n]*Usage: npm run bench[^\n]*$/);
  });
});
