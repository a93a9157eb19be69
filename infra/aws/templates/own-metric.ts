import type { Metric } from '../../../engine/metrics/emf.ts';

/** A metric that the functions of a service write, as alarms name it. */
export const ofService = (Namespace: string, { name }: Metric, service: string) => ({
  Namespace,
  MetricName: name,
  Dimensions: [{ Name: 'service', Value: service }],
});
