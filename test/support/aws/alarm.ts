import * as z from 'zod';

const Evaluation = {
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  Threshold: z.number(),
  ComparisonOperator: z.literal('GreaterThanThreshold'),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
};
const Period = z.number().multipleOf(60);

const OfAMetric = z.object({ ...Evaluation, Statistic: z.enum(['Maximum', 'Sum']), Period });

/** A metric whose missing values are filled in. */
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

export const AlarmSettings = z.union([
  OfAFilledMetric.transform(({ Metrics: [{ MetricStat }, { Expression }], ...evaluation }) => ({
    ...evaluation,
    Statistic: MetricStat.Stat,
    Period: MetricStat.Period,
    fill: Number(/\d+/.exec(Expression)?.[0]),
  })),
  OfAMetric.transform((settings) => ({ ...settings, fill: undefined })),
]);

/** The extra periods in the examples of CloudWatch's documentation, which does not say how many there really are. */
const FURTHER_BACK = 2;

/**
 * Whether an alarm is raised after these minutes; undefined is a minute without a value. If enough of the periods have
 * a value, the others do not count. Otherwise TreatMissingData fills up the missing ones.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function isRaised(
  alarm: z.infer<typeof AlarmSettings>,
  minutes: readonly (number | undefined)[],
): boolean {
  const length = alarm.Period / 60;
  const wanted = alarm.EvaluationPeriods;
  const found = Array.from({ length: wanted + FURTHER_BACK }, (_, back) => minutes.length - back * length)
    .map((end) => minutes.slice(Math.max(0, end - length), Math.max(0, end)))
    .map((period) => statistics[alarm.Statistic](period) ?? alarm.fill)
    .filter((value) => value !== undefined);
  const breaching = found.slice(0, wanted).filter((value) => value > alarm.Threshold).length;
  const added = alarm.TreatMissingData === 'breaching' ? Math.max(0, wanted - found.length) : 0;
  return breaching + added >= (alarm.DatapointsToAlarm ?? wanted);
}

/** Undefined for a period without a value. */
const of =
  (reduce: (known: readonly number[]) => number) =>
  (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : reduce(known);
  };

const statistics = {
  Maximum: of((known) => Math.max(...known)),
  Sum: of((known) => known.reduce((sum, value) => sum + value, 0)),
};
