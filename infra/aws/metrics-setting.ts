import { scopeIn } from '../../engine/metrics/metrics.ts';

/**
 * What a deployed stage measures: all, unless METRICS asks for less.
 * @throws Error if it would be nothing, or what is not known: the alarms on overdue sagas would never be raised
 */
export function metricsOn(text: string): 'alarms' | 'all' {
  const scope = scopeIn(text || 'all');
  if (scope === 'none')
    throw new Error('METRICS is "none": with "alarms" only what alarms look at is written');
  return scope;
}
