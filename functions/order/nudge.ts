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
const PAGE_SIZE = 100;
const MAX_PAGES_PER_SHARD = 10;
/** Well inside the function's timeout, so that a run ends by itself. */
const MAX_RUN_MS = 20_000;

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
  const startedMs = edges.now();
  const total = { overdue: 0, nudged: 0, failed: 0 };
  for (const shard of dueShards) {
    for await (const overdue of pagesOfOverdue(edges, shard, startedMs)) {
      const nowMs = edges.now();
      const claimed = (await Promise.all(overdue.map((item) => claim(edges, item, nowMs)))).flat();
      const input = { type: 'nudge', nowMs, deadlineMs: deadlineMs() } as const;
      const work = claimed.map(({ orderId }) => ({ orderId, input }));
      const outcomes = await run(order, work, edges);
      total.overdue += overdue.length;
      total.nudged += outcomes.filter(({ kind }) => kind === 'done').length;
      total.failed += outcomes.filter(({ kind }) => kind === 'failed').length;
    }
  }
  if (total.overdue > 0) log(total.failed > 0 ? 'warn' : 'info', 'overdue orders nudged', { ...total });
  return total;
};

async function* pagesOfOverdue(
  { store, now }: Edges,
  shard: string,
  startedMs: number,
): AsyncIterable<readonly Item[]> {
  let after: Item | undefined;
  for (let page = 0; page < MAX_PAGES_PER_SHARD && now() - startedMs < MAX_RUN_MS; page += 1) {
    const { entries, next } = await store.query({
      index: DUE,
      partition: ['dueShard', shard],
      range: ['dueEpochSeconds', Math.floor(startedMs / 1000)],
      limit: PAGE_SIZE,
      after,
    });
    // The index lags behind the table: only the item itself tells whether it is still due.
    const items = await store.read(entries.map(({ pk }) => pk));
    yield [...items.values()].filter((item) => Number(item.dueEpochSeconds) <= startedMs / 1000);
    if (next === undefined) return;
    after = next;
  }
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
