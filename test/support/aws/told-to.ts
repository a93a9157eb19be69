import { metricsIn } from '../emf.ts';
import { alarms } from './templates.ts';

interface Looked {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** The values that the lines of functions tell of the metric that an alarm looks at, by its namespace, name and dimensions. */
export function toldTo(name: string, lines: readonly string[]): readonly number[] {
  const properties = alarms.Resources[name]?.Properties as Partial<Looked> & {
    readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Looked } }[];
  };
  const {
    Namespace,
    MetricName,
    Dimensions = [],
  } = properties.Metrics?.[0]?.MetricStat?.Metric ?? properties;
  const wanted = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const isLookedAt = ({ namespace, name: its, dimensions }: ReturnType<typeof metricsIn>[number]) =>
    namespace === Namespace && its === MetricName && JSON.stringify(dimensions) === JSON.stringify(wanted);
  return metricsIn(lines)
    .filter(isLookedAt)
    .flatMap(({ values }) => values);
}
