/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type Unit = 'Count' | 'Milliseconds' | 'Seconds';

export interface Metric {
  readonly name: string;
  readonly unit: Unit;
}

/** A metric, and what was measured of it, in its unit. */
export interface Measured extends Metric {
  readonly values: readonly number[];
}

export interface Measurement {
  readonly namespace: string;
  /** When it was measured, in milliseconds since 1970. */
  readonly atMs: number;
  /** They tell one metric from another of its name, and each combination costs as much as a metric: no ids. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: readonly Measured[];
}

/** The limits of the format, for each directive and each set of dimensions. */
const MAX_METRICS = 100;
const MAX_DIMENSIONS = 30;
const MAX_VALUES = 100;

/**
 * The document from which CloudWatch makes metrics of a line in a log, in the Embedded Metric Format. Undefined if nothing was
 * measured.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @throws RangeError if the names cannot stand beside each other, or if there are too many dimensions
 */
export function emfDocument({
  namespace,
  atMs,
  dimensions,
  metrics,
}: Measurement): Readonly<Record<string, unknown>> | undefined {
  const measured = metrics
    .map(({ values, ...metric }) => ({ ...metric, values: fewEnough(values.filter(Number.isFinite)) }))
    .filter(({ values }) => values.length > 0);
  if (measured.length === 0) return undefined;
  refuseClashes(Object.keys(dimensions), measured);
  const directives = inGroups(measured, MAX_METRICS).map((group) => ({
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: group.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  }));
  return {
    _aws: { Timestamp: Math.round(atMs), CloudWatchMetrics: directives },
    ...dimensions,
    ...Object.fromEntries(measured.map(({ name, values }) => [name, values.length > 1 ? values : values[0]])),
  };
}

/** Targets of all references share the document's root: of two with one name only the last would be there. */
function refuseClashes(dimensions: readonly string[], metrics: readonly Metric[]): void {
  if (dimensions.length > MAX_DIMENSIONS)
    throw new RangeError(`${dimensions.length} dimensions are too many`);
  const names = ['_aws', ...dimensions, ...metrics.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`${twice} is measured twice`);
}

/**
 * Of more values than a metric may have, as many as it may, evenly spread over their sequence by size: the least, the
 * greatest and the percentiles stay true, and the number is the greatest that can be told.
 */
function fewEnough(values: readonly number[]): readonly number[] {
  if (values.length <= MAX_VALUES) return values;
  const sorted = values.toSorted((a, b) => a - b);
  const step = (sorted.length - 1) / (MAX_VALUES - 1);
  return Array.from({ length: MAX_VALUES }, (_, rank) => sorted[Math.round(rank * step)] ?? Number.NaN);
}

const inGroups = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, group) =>
    all.slice(group * size, (group + 1) * size),
  );
