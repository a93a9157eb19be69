import type { Item, Write } from '../../../../engine/batch/store.ts';
import { bugsIn } from '../planter/bug.ts';

interface Waiting {
  readonly status: string;
}
type IsWaiting = (state: Waiting) => boolean;
type Outcomes = readonly { readonly kind: string }[];
type Claim = (...about: readonly unknown[]) => Promise<readonly unknown[]>;

/** What happens to a saga that waits for too long. */
export const nudgeBugs = [
  ...bugsIn('engine/initiator/nudge.ts', [
    {
      name: 'nudge skipped',
      in: 'claim',
      plant:
        (original: Claim): Claim =>
        async (...about) =>
          (await original(...about)).slice(1),
    },
    {
      name: 'claim of a nudge unconditional',
      in: 'claimOf',
      at: { member: 'relyingOn' },
      plant: (): Extract<Write, { readonly kind: 'add' }>['relyingOn'] => ({}),
    },
    {
      name: 'a claim moves the due time a day',
      in: 'claimOf.nextDue',
      plant: (original: number) => original + 86_400,
    },
    {
      name: 'only one shard of the orders nudged',
      in: 'firstPages.shards',
      plant: (_: readonly string[], { dueShards }: { readonly dueShards: readonly string[] }) =>
        dueShards.slice(0, 1),
    },
    {
      name: 'what was asked of a nudge not done',
      in: 'nudgePage',
      at: { argument: 1, of: 'run' },
      plant: () => [],
    },
    {
      name: 'one order that always fails stops the schedule',
      in: 'isUnheard',
      plant: () => (outcomes: Outcomes) =>
        outcomes.length > 0 && outcomes.every(({ kind }) => kind === 'failed'),
    },
    {
      name: 'an order past its deadline not nudged any more',
      in: 'pageOf.overdue',
      plant: (original: readonly Item[], { startedMs }: { readonly startedMs: number }) =>
        original.filter(({ createdAtMs }) => startedMs - Number(createdAtMs) < 900_000),
    },
  ]),
  ...bugsIn('engine/saga/initiator-table.ts', [
    {
      name: 'ended orders nudged for ever',
      in: 'isWaiting',
      plant:
        (_: IsWaiting): IsWaiting =>
        () =>
          true,
    },
    {
      name: 'cancelling orders not nudged',
      in: 'isWaiting',
      plant:
        (original: IsWaiting): IsWaiting =>
        (state) =>
          state.status !== 'CANCELLING' && original(state),
    },
    {
      name: 'pending orders not nudged',
      in: 'isWaiting',
      plant:
        (original: IsWaiting): IsWaiting =>
        (state) =>
          state.status !== 'PENDING' && original(state),
    },
    {
      name: 'a nudge a day',
      in: 'NUDGE_AFTER_SECONDS',
      plant: () => 86_400,
    },
  ]),
];
