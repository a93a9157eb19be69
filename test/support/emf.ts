import * as z from 'zod';

/** One value of a metric, as CloudWatch would take it from a line. */
export interface Extracted {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string | undefined;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly atMs: number;
  readonly values: readonly number[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html, those that are used here. */
const UNITS = ['Seconds', 'Milliseconds', 'Count'] as const;

const Name = z.string().min(1).max(255);
const Target = z.union([z.number(), z.array(z.number()).min(1).max(100)]);

/**
 * What https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * says of a document. Objects that it defines have no other members; the root may.
 */
const Document = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int().positive(),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: Name,
          Dimensions: z.array(z.array(Name).max(30)).min(1),
          Metrics: z.array(z.strictObject({ Name, Unit: z.enum(UNITS).optional() })).max(100),
        }),
      )
      .min(1),
  }),
});

/** An event of a log, where Lambda does not split it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_BYTES = 256 * 1024;

/** The metrics in a document. @throws ZodError or Error, if it is none by the specification */
export function metricsOf(text: string): readonly Extracted[] {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Error('longer than an event of a log may be');
  const root = Document.parse(JSON.parse(text));
  const { Timestamp: atMs, CloudWatchMetrics: directives } = root._aws;
  return directives.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((keys) =>
      Metrics.map(({ Name: name, Unit: unit }) => ({
        ...{ namespace, name, unit, atMs },
        dimensions: Object.fromEntries(keys.map((key) => [key, z.string().min(1).parse(root[key])])),
        values: [Target.parse(root[name])].flat(),
      })),
    ),
  );
}

/** Those in the lines that have metrics; others are the log's. */
export const metricsIn = (lines: readonly string[]): readonly Extracted[] =>
  linesWithMetrics(lines).flatMap(metricsOf);

export const linesWithMetrics = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.startsWith('{"_aws"'));
