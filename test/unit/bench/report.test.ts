import { describe, expect, test } from 'vitest';
import { argumentsOf } from '../../bench/arguments.ts';
import { type Figures, figuresOf, medianFigures } from '../../bench/figures.ts';
import { toJson } from '../../bench/json.ts';
import { plotOf } from '../../bench/plot.ts';
import { progressText } from '../../bench/progress-bar.ts';
import { summary } from '../../bench/report.ts';
import type { Findings } from '../../bench/run.ts';

const meters = (api: number, driverMicroseconds: number) => ({
  system: { api: { cpuSeconds: api, peakMB: 300 }, rabbitmq: { cpuSeconds: api / 2, peakMB: 100.4 } },
  driver: { user: driverMicroseconds, system: 0 },
});

const figures = figuresOf(
  { elapsedMs: 2_000, latenciesMs: [10, 20, 30, 40] },
  meters(10, 1_000),
  meters(10.008, 1_400),
);

const findings: Findings = {
  main: figures,
  runs: [figures],
  retries: 2,
  verdict: { statuses: { CONFIRMED: 3 }, violations: ['P1 gone'] },
};

describe('figures', () => {
  test('are differences of what the meters showed, by the thousand', () => {
    expect(figures).toEqual({
      sagas: 4,
      seconds: 2,
      sagasPerSecond: 2,
      latencyMs: { p50: 20, p95: 40, p99: 40, max: 40 },
      cpuSecondsPer1000: { total: 3, api: 2, rabbitmq: 1 },
      driverCpuSecondsPer1000: 0.1,
      peakMB: { total: 400, api: 300, rabbitmq: 100 },
    });
  });

  test('of several runs are the medians of each', () => {
    const run = (sagasPerSecond: number, p50: number): Figures => ({
      ...figures,
      sagasPerSecond,
      latencyMs: { ...figures.latencyMs, p50 },
    });
    const median = medianFigures([run(1, 30), run(5, 10), run(3, 20)]);
    expect([median.sagasPerSecond, median.latencyMs.p50]).toEqual([3, 20]);
    expect(median.cpuSecondsPer1000).toEqual(figures.cpuSecondsPer1000);
  });

  test('without /proc there are none of CPU and memory, and it is said', () => {
    const bare = { system: undefined, driver: { user: 0, system: 0 } };
    const main = figuresOf({ elapsedMs: 1_000, latenciesMs: [1] }, bare, bare);
    expect(main.cpuSecondsPer1000).toBeUndefined();
    expect(medianFigures([main, main]).peakMB).toBeUndefined();
    expect(summary(argumentsOf([]), { ...findings, main })).toContain('only Linux has');
  });
});

describe('the report', () => {
  test('for programs has what the contract names', () => {
    expect(JSON.parse(JSON.stringify(toJson(argumentsOf([]), findings)))).toMatchObject({
      sagas: 4,
      sagasPerSecond: 2,
      latencyMs: { p50: 20, p95: 40, p99: 40 },
      cpuSecondsPer1000: { total: 3, api: 2, rabbitmq: 1 },
      violations: 1,
      violationLines: ['P1 gone'],
    });
  });

  test('for people names every violation and what was measured', () => {
    const text = summary(argumentsOf([]), findings);
    expect(text).toContain('✗ P1 gone');
    expect(text).toContain('p50 20 ms, p95 40 ms, p99 40 ms');
    expect(text).toContain('3 (api 2, rabbitmq 1)');
  });

  test('of growth is two tables and a plot of both', () => {
    const point = (sagasBefore: number, skus: number) => ({ ...figures, sagasBefore, skus });
    const growth = { bySagas: [point(1_000, 9), point(10_000, 9)], bySkus: [point(20_000, 1)] } as const;
    const text = summary(argumentsOf(['--grow']), { ...findings, growth });
    expect(text).toContain('10000');
    const plot = plotOf(growth);
    expect(plot.match(/<circle/g)).toHaveLength(3);
    expect(plot).toMatch(/^<svg [^>]*viewBox="0 0 720 240"[\s\S]*<\/svg>\n$/);
    expect(plot).not.toContain('NaN');
    expect(plot).toContain('10,000');
  });
});

describe('the progress bar', () => {
  test('is as full as the work is done', () => {
    expect(progressText('Run', 0, 10, 0)).toBe(`Run ${'░'.repeat(30)} 0 of 10 sagas, 0/s`);
    expect(progressText('Run', 5, 10, 500)).toBe(
      `Run ${'█'.repeat(15)}${'░'.repeat(15)} 5 of 10 sagas, 10/s`,
    );
  });
});
