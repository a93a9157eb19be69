import { emfDocument, type Measured, type Metric } from './emf.ts';

const SCOPES = ['none', 'alarms', 'all'] as const;
type Scope = (typeof SCOPES)[number];

/** What is measured, as METRICS says: nothing, what alarms look at, or all. @throws RangeError */
export function scopeIn(text: string | undefined): Scope {
  if (!text) return 'none';
  const scope = SCOPES.find((each) => each === text);
  if (scope === undefined)
    throw new RangeError(`METRICS is ${JSON.stringify(text)}: it has to be ${SCOPES.join(', ')}`);
  return scope;
}

/** Whether the setting asks for it. Nothing is measured where it does not. */
export const isMeasured = (what: Exclude<Scope, 'none'>): boolean =>
  process.env.METRICS === 'all' || process.env.METRICS === what;

/**
 * Writes a line of metrics of a service, or nothing if nothing was measured. Lambda needs no more than a line on stdout that is
 * a JSON object. Without a namespace, where no stage is, nothing is written.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Generation_PutLogEvents.html
 */
export function writeMetrics(service: string, atMs: number, metrics: readonly Measured[]): void {
  const namespace = process.env.METRICS_NAMESPACE;
  if (!namespace) return;
  const document = emfDocument({ namespace, atMs, dimensions: { service }, metrics });
  if (document !== undefined) process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Tells an alarm, where the setting asks for it. What it is about is said in the log, by ids. */
export function tellAlarm(service: string, metric: Metric, atMs: number, value = 1): void {
  if (isMeasured('alarms')) writeMetrics(service, atMs, [{ ...metric, values: [value] }]);
}
