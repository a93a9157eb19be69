import type { Edges } from '../runtime/edges.ts';
import { run } from '../runtime/engine.ts';
import { required } from '../runtime/environment.ts';
import { liveEdges } from '../runtime/live.ts';
import { log } from '../runtime/log.ts';
import { fromItem } from '../runtime/record.ts';
import type { Item } from '../runtime/store.ts';
import { order } from './order.ts';
import { DUE, dueShards, NUDGE_AFTER_SECONDS, orders } from './table.ts';

/** One run never does more than this; what is left is found again by the next one. */
const MAX_ORDERS_PER_SHARD = 100;
/** An order that waits for long is asked about less and less often. */
const MAX_NUDGE_INTERVAL_SECONDS = 3_600;

interface Nudges {
  readonly overdue: number;
  readonly nudged: number;
  readonly failed: number;
}

/**
 * The schedule: an overdue order says again what it last said, and past the saga's deadline it cancels itself.
 * Each order is claimed by moving its due time, so runs that overlap do not nudge it twice.
 */
export const nudge = (edges: Edges, deadlineMs: () => number) => async (): Promise<Nudges> => {
  const total = { overdue: 0, nudged: 0, failed: 0 };
  for (const shard of dueShards) {
    const nowMs = edges.now();
    const overdue = await findOverdue(edges, shard, nowMs);
    const claimed = (await Promise.all(overdue.map((item) => claim(edges, item, nowMs)))).flat();
    const input = { type: 'nudge', nowMs, deadlineMs: deadlineMs() } as const;
    const outcomes = await run(
      order,
      claimed.map(({ orderId }) => ({ orderId, input })),
      edges,
    );
    total.overdue += overdue.length;
    total.nudged += outcomes.filter(({ kind }) => kind === 'done').length;
    total.failed += outcomes.filter(({ kind }) => kind === 'failed').length;
  }
  if (total.overdue > 0) log(total.failed > 0 ? 'warn' : 'info', 'overdue orders nudged', total);
  return total;
};

async function findOverdue({ store }: Edges, shard: string, nowMs: number): Promise<readonly Item[]> {
  const { entries } = await store.query({
    index: DUE,
    partition: ['dueShard', shard],
    range: ['dueEpochSeconds', Math.floor(nowMs / 1000)],
    limit: MAX_ORDERS_PER_SHARD,
  });
  // The index lags behind the table: only the item itself tells whether it is still due.
  const items = await store.read(entries.map(({ pk }) => pk));
  return [...items.values()].filter((item) => Number(item.dueEpochSeconds) <= nowMs / 1000);
}

async function claim({ store }: Edges, item: Item, nowMs: number) {
  const record = fromItem(orders, item);
  const due = Number(item.dueEpochSeconds);
  const waitedSeconds = Math.round((nowMs - record.updatedAtMs) / 1000);
  const interval = Math.min(Math.max(waitedSeconds, NUDGE_AFTER_SECONDS), MAX_NUDGE_INTERVAL_SECONDS);
  const nextDue = Math.floor(nowMs / 1000) + interval;
  const result = await store.write([
    {
      kind: 'add',
      key: item.pk,
      attribute: 'dueEpochSeconds',
      delta: nextDue - due,
      relyingOn: { dueEpochSeconds: due },
    },
  ]);
  return result.ok ? [record] : [];
}

export const handler = nudge(liveEdges('order'), () => Number(required('SAGA_DEADLINE_SECONDS')) * 1000);
