import { audit } from '../support/saga/audit.ts';
import type { Stage } from './stage.ts';

export interface Verdict {
  readonly violations: readonly string[];
  /** How many orders ended how. */
  readonly statuses: Readonly<Record<string, number>>;
}

const patienceMs = 120_000;

/** Judges everything that was done on a stage, by what the tables, the ledger and the broker hold. */
export async function verdictOn({ world, placed, failures }: Stage): Promise<Verdict> {
  const { violations, statuses, orders, deadLetters } = await audit(world, {
    timeoutMs: patienceMs,
    extent: 'judged',
  });
  const unexpected = [...placed].flatMap(([orderId, isDeclined]) => {
    const expected = isDeclined ? 'CANCELLED' : 'CONFIRMED';
    const status = orders.get(orderId)?.status;
    if (status === undefined) return [`P6 ${orderId} was accepted and is not there`];
    return status === expected ? [] : [`${orderId} is ${status} and should be ${expected}`];
  });
  const strangers = orders.size - placed.size;
  return {
    statuses,
    violations: [
      ...violations,
      ...unexpected,
      ...(strangers > 0 ? [`P5 ${strangers} orders that nobody was told of`] : []),
      ...(deadLetters > 0 ? [`P7 ${deadLetters} messages are dead letters`] : []),
      ...failures,
    ],
  };
}
