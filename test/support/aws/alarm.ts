import * as z from 'zod';

const Evaluation = {
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  Threshold: z.number(),
  ComparisonOperator: z.literal('GreaterThanThreshold'),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
};
const Period = z.number().multipleOf(60);

const OfAMetric = z.object({ ...Evaluation, Statistic: z.literal('Maximum'), Period });

/** What is missing of the metric is filled in. */
const OfAFilledMetric = z.object({
  ...Evaluation,
  Metrics: z.tuple([
    z.object({
      Id: z.literal('deadLetters'),
      ReturnData: z.literal(false),
      MetricStat: z.object({ Stat: z.literal('Maximum'), Period }),
    }),
    z.object({ Expression: z.string().regex(/^FILL\(deadLetters, \d+\)$/) }),
  ]),
});

/** What an alarm is evaluated by. */
export const AlarmSettings = z.union([
  OfAFilledMetric.transform(({ Metrics: [{ MetricStat }, { Expression }], ...evaluation }) => ({
    ...evaluation,
    Period: MetricStat.Period,
    fill: Number(/\d+/.exec(Expression)?.[0]),
  })),
  OfAMetric.transform((settings) => ({ ...settings, fill: undefined })),
]);

/** How many periods more CloudWatch looks at, in the examples of its documentation; how many in truth, it does not say. */
const FURTHER_BACK = 2;

/**
 * Whether an alarm is raised at the end of some minutes, for each of which its metric had a value or none. Where enough
 * of the periods that are looked at have a value, the others do not count; else as many are added as are wanted.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function isRaised(
  alarm: z.infer<typeof AlarmSettings>,
  minutes: readonly (number | undefined)[],
): boolean {
  const length = alarm.Period / 60;
  const wanted = alarm.EvaluationPeriods;
  const found = Array.from({ length: wanted + FURTHER_BACK }, (_, back) => minutes.length - back * length)
    .map((end) => largestOf(minutes.slice(Math.max(0, end - length), Math.max(0, end))) ?? alarm.fill)
    .filter((value) => value !== undefined);
  const breaching = found.slice(0, wanted).filter((value) => value > alarm.Threshold).length;
  const added = alarm.TreatMissingData === 'breaching' ? Math.max(0, wanted - found.length) : 0;
  return breaching + added >= (alarm.DatapointsToAlarm ?? wanted);
}

function largestOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
