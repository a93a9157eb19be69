import type { Backlog, Edges } from '../batch/edges.ts';
import { PublishError } from '../batch/publish-error.ts';
import { fromItem } from '../batch/record.ts';
import { type Outcome, run } from '../batch/run.ts';
import { type Item, StoreUnavailableError, type Write } from '../batch/store.ts';
import { traceOf } from '../batch/trace-of.ts';
import { atStart, required } from '../environment/environment.ts';
import { log } from '../environment/log.ts';
import { count, sagaDurations } from '../metrics/measures.ts';
import { isMeasured, writeMetrics } from '../metrics/metrics.ts';
import { failedNudges, nudges, oldestCancelling, oldestOverdue, openSince } from '../metrics/names.ts';
import { ageGroupOf } from '../saga/age.ts';
import type { Begun } from '../saga/initiator.ts';
import { DUE, dueShards, NUDGE_AFTER_SECONDS } from '../saga/initiator-table.ts';
import type { SagaRecord, Table } from '../saga/table.ts';
import { BatchSpans } from '../tracing/batch-spans.ts';
import { flushSpans, isTracing } from '../tracing/tracing.ts';
import { type Initiating, isWaitingForSomebody } from './initiating.ts';

/** Bounds one run; the next run finds the rest. */
const PAGE_SIZE = 100;
const MAX_PAGES_PER_SHARD = 10;
/** No page is begun after this; the last page still fits into the function's timeout. */
const MAX_RUN_MS = 10_000;
/** A pending saga is nudged until its deadline, a cancelling one until it ends: seldom if a person has to act before. */
const MAX_INTERVAL_SECONDS = { pending: 60, cancelling: 600, stuck: 3_600 };

/**
 * Behind so many messages a saga is not stuck but waits its turn. A nudge would make the queues longer and more sagas
 * overdue, until the services only handle duplicates. Messages in delay queues do not count: a consumer that defers holds
 * each batch until its time is nearly over, so they are a few hundred at most.
 */
const MAX_BACKLOG = 1_000;

interface Nudges {
  readonly overdue: number;
  readonly nudged: number;
  readonly failed: number;
}

/**
 * The schedule: an overdue saga publishes its last events again; past its deadline it cancels itself. A run claims a
 * saga by moving its due time, so overlapping runs do not nudge it twice.
 */
export const nudge =
  <State extends Begun & { readonly status: string }, Placed extends Begun>(
    participant: Initiating<State, Placed>,
    edges: Edges,
    deadlineMs: () => number,
    backlog: Backlog,
  ) =>
  async (): Promise<Nudges> => {
    try {
      return await nudgeDue(participant, edges, deadlineMs, backlog);
    } finally {
      await flushSpans();
    }
  };

async function nudgeDue<State extends Begun & { readonly status: string }, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
  deadlineMs: () => number,
  backlog: Backlog,
): Promise<Nudges> {
  const startedMs = edges.now();
  const deadline = deadlineMs();
  const pages = await firstPages(edges, startedMs);
  if (isMeasured('alarms')) tellAges(participant, pages, startedMs);
  const total = { overdue: 0, nudged: 0, failed: 0 };
  const waiting = await backlog();
  log('info', 'messages waiting', { waiting });
  if (waiting > MAX_BACKLOG) {
    log('warn', 'nobody nudged: the queues are long', { waiting });
    return total;
  }
  for (const first of pages) {
    for await (const overdue of andThoseAfter(first, edges, startedMs)) {
      const page = await nudgePage(participant, edges, overdue, deadline);
      total.overdue += overdue.length;
      total.nudged += page.nudged;
      total.failed += page.failed;
      // Nothing can be published at the moment: sagas that are not claimed yet stay due.
      if (page.isUnheard) return report(total);
    }
  }
  return report(total);
}

/**
 * Writes the ages for the alarms at every run, even if the run then nudges nobody or fails. A cancelling saga may owe somebody a
 * refund.
 */
function tellAges<State extends { readonly status: string }>(
  { service, table }: { readonly service: string; readonly table: Table<State> },
  pages: readonly DuePage[],
  nowMs: number,
): void {
  const late = pages.flatMap(({ overdue }) => overdue.filter((item) => !isGivenTime(table, item)));
  const ageMs = ({ createdAtMs }: Item) => nowMs - Number(createdAtMs);
  const oldest = (items: readonly Item[]) => Math.round(Math.max(0, ...items.map(ageMs)) / 1000);
  const groups = pages.flatMap(({ open }) => open.map((item) => ageGroupOf(ageMs(item))));
  writeMetrics(service, nowMs, [
    { ...oldestOverdue, values: [oldest(late)] },
    { ...oldestCancelling, values: [oldest(late.filter(({ status }) => status === 'CANCELLING'))] },
    ...(isMeasured('all') ? openSince : []).map((metric, group) => ({
      ...metric,
      values: [groups.filter((each) => each === group).length],
    })),
  ]);
}

/** Somebody has to act, and has until the deadline. That is no fault. */
function isGivenTime<State extends { readonly status: string }>(table: Table<State>, item: Item): boolean {
  try {
    const { state } = fromItem(table, item);
    return state.status === 'PENDING' && 'waits' in state;
  } catch {
    return false;
  }
}

function report(total: Nudges): Nudges {
  if (total.overdue > 0) log(total.failed > 0 ? 'warn' : 'info', 'overdue sagas nudged', { ...total });
  return total;
}

async function nudgePage<State extends Begun & { readonly status: string }, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
  overdue: readonly Item[],
  deadlineMs: number,
) {
  const nowMs = edges.now();
  const claims = await Promise.allSettled(
    overdue.map((item) => claim(participant.table, edges, item, nowMs)),
  );
  const claimed = claims.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  const input = { type: 'nudge', nowMs, deadlineMs } as const;
  const work = claimed.map((record) => ({
    ...{ sagaId: record.sagaId, input },
    traceparent: traceOf({}, record),
  }));
  const spans = isTracing ? await BatchSpans.of(participant, 'schedule', work) : undefined;
  const outcomes = await run(participant, spans?.within(work) ?? work, edges);
  spans?.end(outcomes);
  // One saga's unreadable record or failed write does not keep the others from being nudged.
  const unclaimed = claims.flatMap((each, index) =>
    each.status === 'rejected' ? [{ pk: overdue[index]?.pk, reason: String(each.reason) }] : [],
  );
  for (const { pk, reason } of unclaimed)
    log('error', 'saga not nudged', { [participant.saga.id.name]: pk, error: reason });
  const nudged = outcomes.filter(({ kind }) => kind === 'done').length;
  const failed = outcomes.filter(({ kind }) => kind === 'failed').length + unclaimed.length;
  if (isMeasured('all')) {
    const endedMs = edges.now();
    const ended = sagaDurations(outcomes, { beganMs: nowMs, endedMs });
    writeMetrics(participant.service, endedMs, [
      count(nudges, nudged),
      count(failedNudges, failed),
      ...ended,
    ]);
  }
  return { nudged, failed, isUnheard: isUnheard(outcomes) };
}

/**
 * Whether the broker or the table cannot be reached, which is the same for every saga. Whatever else fails is a fault of its
 * own saga, however many of those a page has.
 */
const isUnheard = (outcomes: readonly Outcome<unknown>[]): boolean =>
  outcomes.length > 0 &&
  outcomes.every(
    (outcome) =>
      outcome.kind === 'failed' &&
      (outcome.error instanceof PublishError || outcome.error instanceof StoreUnavailableError),
  );

interface DuePage {
  readonly shard: string;
  /** Those of the page that have not ended, overdue or not. */
  readonly open: readonly Item[];
  readonly overdue: readonly Item[];
  readonly next: Item | undefined;
}

function firstPages(edges: Edges, startedMs: number): Promise<readonly DuePage[]> {
  // Each run starts at another shard, so runs that are cut short do not always neglect the same sagas.
  const first = Math.floor(startedMs / 60_000) % dueShards.length;
  const shards = [...dueShards.slice(first), ...dueShards.slice(0, first)];
  return Promise.all(shards.map((shard) => pageOf(shard, edges, startedMs)));
}

async function* andThoseAfter(
  first: DuePage,
  edges: Edges,
  startedMs: number,
): AsyncIterable<readonly Item[]> {
  let page = first;
  for (let count = 1; edges.now() - startedMs < MAX_RUN_MS; count += 1) {
    if (page.overdue.length > 0) yield page.overdue;
    if (page.next === undefined || count === MAX_PAGES_PER_SHARD) return;
    page = await pageOf(first.shard, edges, startedMs, page.next);
  }
}

async function pageOf(shard: string, { store }: Edges, startedMs: number, after?: Item): Promise<DuePage> {
  const bound = Math.floor(startedMs / 1000);
  // Those that are due come first, so a first page without a bound has as many of them as one with it.
  const isBounded = after !== undefined || !isMeasured('all');
  const { entries, next } = await store.query({
    index: DUE,
    partition: ['dueShard', shard],
    ...(isBounded ? { range: ['dueEpochSeconds', bound] as const } : {}),
    limit: PAGE_SIZE,
    after,
  });
  // The index lags behind the table, so the item itself decides whether it is still due.
  const items = await store.read(entries.map(({ pk }) => pk));
  const open = [...items.values()].filter(({ dueEpochSeconds }) => dueEpochSeconds !== undefined);
  const overdue = open.filter((item) => Number(item.dueEpochSeconds) <= startedMs / 1000);
  // DynamoDB refuses to go on from a place that is beyond the bound of the next page.
  const isBelow = next !== undefined && Number(next.dueEpochSeconds) <= bound;
  return { shard, open, overdue, next: isBelow ? next : undefined };
}

function kindOf(state: { readonly status: string }): keyof typeof MAX_INTERVAL_SECONDS {
  if (state.status !== 'CANCELLING') return 'pending';
  return isWaitingForSomebody(state) ? 'stuck' : 'cancelling';
}

async function claim<State extends { readonly status: string }>(
  table: Table<State>,
  { store }: Edges,
  item: Item,
  nowMs: number,
) {
  const record = fromItem(table, item);
  const result = await store.write([claimOf(record, item, nowMs).write]);
  return result.ok ? [record] : [];
}

/** Moves a saga's due time: two who claim it at once do not both nudge it. Times are in seconds. */
export function claimOf(
  record: SagaRecord<{ readonly status: string }>,
  item: Item,
  nowMs: number,
): { readonly write: Write; readonly due: number; readonly nextDue: number } {
  const due = Number(item.dueEpochSeconds);
  const waitedSeconds = Math.round((nowMs - record.updatedAtMs) / 1000);
  const longest = MAX_INTERVAL_SECONDS[kindOf(record.state)];
  // The longer a saga has waited, the less often it is nudged.
  const interval = Math.min(Math.max(waitedSeconds, NUDGE_AFTER_SECONDS), longest);
  const nextDue = Math.floor(nowMs / 1000) + interval;
  const deltas = { dueEpochSeconds: nextDue - due };
  return {
    write: { kind: 'add', key: item.pk, deltas, relyingOn: { dueEpochSeconds: due } },
    due,
    nextDue,
  };
}

/** The setting, read anew at each call. @throws the same as Lambda starts a function */
export function liveDeadline(): () => number {
  atStart(deadlineSetting);
  return deadlineSetting;
}

/** @throws RangeError if it is not a whole number of seconds: a saga without a deadline may never end */
function deadlineSetting(): number {
  const text = required('SAGA_DEADLINE_SECONDS');
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`SAGA_DEADLINE_SECONDS is ${JSON.stringify(text)}`);
  return Number(text) * 1_000;
}
