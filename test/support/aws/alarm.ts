import * as z from 'zod';

/** What an alarm with a single metric is evaluated by. */
export const AlarmSettings = z.object({
  Statistic: z.literal('Maximum'),
  Period: z.number().multipleOf(60),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  Threshold: z.number(),
  ComparisonOperator: z.literal('GreaterThanThreshold'),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
});

/**
 * Whether an alarm is raised at the end of some minutes, for each of which its metric had a value or none: so many of
 * the last periods breach. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function isRaised(
  alarm: z.infer<typeof AlarmSettings>,
  minutes: readonly (number | undefined)[],
): boolean {
  const length = alarm.Period / 60;
  const ends = Array.from({ length: alarm.EvaluationPeriods }, (_, back) => minutes.length - back * length);
  const breaching = ends.filter((end) => {
    const period = minutes.slice(Math.max(0, end - length), Math.max(0, end));
    const values = period.filter((value) => value !== undefined);
    return values.length === 0
      ? alarm.TreatMissingData === 'breaching'
      : values.some((value) => value > alarm.Threshold);
  });
  return breaching.length >= alarm.DatapointsToAlarm;
}
