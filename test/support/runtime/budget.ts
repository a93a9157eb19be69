import { shop } from '../../../functions/shop.ts';
import { needsOf } from '../../../infra/aws/needs.ts';
import { readConfiguration } from '../../../infra/local/wiring/configuration.ts';

/** Also what a start has cost. */
export type Budget = { readonly startMs: number; readonly cpuMs: number; readonly memoryMb: number };

/**
 * What a start may cost, by what a function has to load: three times the medians of 30 November 2026 on x86-64. The memory is
 * that of a first call, too.
 */
const budgets = {
  plain: { startMs: 300, cpuMs: 150, memoryMb: 180 },
  table: { startMs: 400, cpuMs: 250, memoryMb: 210 },
  broker: { startMs: 450, cpuMs: 280, memoryMb: 220 },
  stripe: { startMs: 500, cpuMs: 320, memoryMb: 230 },
} satisfies Readonly<Record<string, Budget>>;

const { functions } = readConfiguration(shop, 'prod');

export function budgetOf(name: string): Budget {
  const { table, audits, inspects, broker, secrets } = needsOf(shop, name, functions[name]?.handler ?? '');
  if (secrets?.includes('stripe')) return budgets.stripe;
  if (broker !== undefined) return budgets.broker;
  return (table ?? audits ?? inspects) ? budgets.table : budgets.plain;
}
