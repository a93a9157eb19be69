// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const nudgeBugs: readonly Bug[] = [
  {
    name: 'nudge skipped',
    file: 'functions/order/nudge.ts',
    find: 'return result.ok ? [record] : [];',
    replace: 'return result.ok && record.version < 0 ? [record] : [];',
  },
  {
    name: 'claim of a nudge unconditional',
    file: 'functions/order/nudge.ts',
    find: 'relyingOn: { dueEpochSeconds: due },',
    replace: 'relyingOn: {},',
  },
  {
    name: 'ended orders nudged for ever',
    file: 'functions/order/table.ts',
    find: "...(state.status === 'PENDING' || state.status === 'CANCELLING'\n",
    replace: '...(state.status !== undefined\n',
  },
  {
    name: 'cancelling orders not nudged',
    file: 'functions/order/table.ts',
    find: "...(state.status === 'PENDING' || state.status === 'CANCELLING'\n",
    replace: "...(state.status === 'PENDING'\n",
  },
  {
    name: 'a nudge a day',
    file: 'functions/order/table.ts',
    find: 'export const NUDGE_AFTER_SECONDS = 10;',
    replace: 'export const NUDGE_AFTER_SECONDS = 86_400;',
  },
  {
    name: 'only one shard of the orders nudged',
    file: 'functions/order/nudge.ts',
    find: 'const shards = [...dueShards.slice(first), ...dueShards.slice(0, first)];',
    replace: 'const shards = dueShards.slice(0, 1);',
  },
  {
    name: 'a claim moves the due time a day',
    file: 'functions/order/nudge.ts',
    find: 'const nextDue = Math.floor(nowMs / 1000) + interval;',
    replace: 'const nextDue = Math.floor(nowMs / 1000) + interval + 86_400;',
  },
  {
    name: 'one order that cannot be claimed stops the schedule',
    file: 'functions/order/nudge.ts',
    find: 'const claims = await Promise.allSettled(overdue.map((item) => claim(edges, item, nowMs)));',
    replace:
      'await Promise.all(overdue.map((item) => claim(edges, item, nowMs)));\n  const claims = await Promise.allSettled(overdue.map((item) => claim(edges, item, nowMs)));',
  },
  {
    name: 'what was asked of a nudge not done',
    file: 'functions/order/nudge.ts',
    find: 'const outcomes = await run(order, work, edges);',
    replace: 'const outcomes = await run(order, work.slice(0, 0), edges);',
  },
  {
    name: 'an order past its deadline not nudged any more',
    file: 'functions/order/nudge.ts',
    find: 'const overdue = [...items.values()].filter((item) => Number(item.dueEpochSeconds) <= startedMs / 1000);',
    replace:
      'const overdue = [...items.values()].filter((item) => Number(item.dueEpochSeconds) <= startedMs / 1000 && startedMs - Number(item.createdAtMs) < 900_000);',
  },
];
