import { expect, test } from 'vitest';
import { emfDocument, type Measured } from '../../../engine/metrics/emf.ts';
import { metricsOf } from '../../support/emf.ts';

/** Goal: CloudWatch finds every value. Method: documents are read by what the specification says of them. */
const AT_MS = 1_800_000_000_000;
const measured = (name: string, ...values: readonly number[]): Measured => ({ name, unit: 'Count', values });
const documentOf = (...metrics: readonly Measured[]) =>
  emfDocument({ namespace: 'saga-prod', atMs: AT_MS, dimensions: { service: 'car' }, metrics });
const extracted = (...metrics: readonly Measured[]) => metricsOf(JSON.stringify(documentOf(...metrics)));

test('a document has a value for each metric, or all of its values', () => {
  expect(documentOf(measured('One', 5), { name: 'Many', unit: 'Milliseconds', values: [1, 2, 2] })).toEqual({
    _aws: {
      Timestamp: AT_MS,
      CloudWatchMetrics: [
        {
          Namespace: 'saga-prod',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'One', Unit: 'Count' },
            { Name: 'Many', Unit: 'Milliseconds' },
          ],
        },
      ],
    },
    service: 'car',
    One: 5,
    Many: [1, 2, 2],
  });
});

test('of what was not measured there is no metric, and of nothing no document', () => {
  expect(documentOf()).toBeUndefined();
  expect(documentOf(measured('None'), measured('Unknown', Number.NaN))).toBeUndefined();
  expect(extracted(measured('None'), measured('Zero', 0)).map(({ name }) => name)).toEqual(['Zero']);
});

// JSON has no such numbers: null would spoil the whole document.
test('what is no number is left out', () => {
  const [{ values } = { values: [] }] = extracted(measured('Some', 1, Number.NaN, 2, Infinity));
  expect(values).toEqual([1, 2]);
});

test('more than a hundred metrics are as many directives as it takes', () => {
  const names = Array.from({ length: 250 }, (_, number) => `M${number}`);
  const all = names.map((name, number) => measured(name, number));
  expect(extracted(...all).map(({ name, values }) => [name, ...values])).toEqual(
    names.map((name, number) => [name, number]),
  );
});

test('of more than a hundred values there are a hundred, with the same extremes and percentiles', () => {
  const many = Array.from({ length: 1_000 }, (_, number) => (number * 7) % 1_000);
  const [{ values } = { values: [] }] = extracted(measured('Many', ...many));
  expect(values).toHaveLength(100);
  expect([values[0], values.at(-1)]).toEqual([0, 999]);
  for (const percent of [50, 90, 99])
    expect(Math.abs((values[percent] ?? 0) - percent * 10)).toBeLessThan(15);
  expect(extracted(measured('All', ...many.slice(0, 100)))[0]?.values).toEqual(many.slice(0, 100));
});

test('two that share a name, or more dimensions than a metric may have, are refused', () => {
  expect(() => documentOf(measured('One', 1), measured('One', 2))).toThrow('One is measured twice');
  expect(() => documentOf(measured('service', 1))).toThrow('service is measured twice');
  expect(() => documentOf(measured('_aws', 1))).toThrow('_aws is measured twice');
  const dimensions = Object.fromEntries(Array.from({ length: 31 }, (_, number) => [`d${number}`, 'x']));
  const request = { namespace: 'saga-prod', atMs: AT_MS, metrics: [measured('One', 1)] };
  expect(() => emfDocument({ ...request, dimensions })).toThrow(RangeError);
  const { d30: _, ...allowed } = dimensions;
  expect(metricsOf(JSON.stringify(emfDocument({ ...request, dimensions: allowed })))).toHaveLength(1);
});
