import type { Actor } from '../../../../engine/audit/entry.ts';
import type { stepEntry } from '../../../../engine/audit/step-entry.ts';
import type { Committed } from '../../../../engine/batch/commit.ts';
import type { Edges } from '../../../../engine/batch/edges.ts';
import type { Outcome } from '../../../../engine/batch/run.ts';
import type { Store, Write } from '../../../../engine/batch/store.ts';
import type { Change, View } from '../../../../engine/batch/view.ts';
import type { actorOf } from '../../../../engine/http/actor.ts';
import type { HttpEvent } from '../../../../engine/http/http.ts';
import type { Caller } from '../../../../engine/http/identity.ts';
import type { SagaId } from '../../../../engine/saga/ids.ts';
import { bugsIn } from '../planter/bug.ts';

type WriteGroup = (group: readonly Change[], store: Store, view: View) => Promise<Committed>;
interface Cancelling {
  readonly edges: Edges;
  readonly sagaId: SagaId;
  readonly caller: Caller;
  readonly event: HttpEvent;
  readonly actorOf: typeof actorOf;
  readonly stepEntry: typeof stepEntry;
}
type Outcomes = readonly Outcome<{ readonly status: string }>[];

/** Who did what. */
export const auditBugs = [
  ...bugsIn('engine/batch/commit.ts', [
    {
      name: 'who did it written after it was done',
      in: 'write',
      plant:
        (original: WriteGroup): WriteGroup =>
        async (group, store, view) => {
          const became = await original(
            group.map(({ besides: _, ...change }) => change),
            store,
            view,
          );
          for (const { besides } of group)
            if (besides !== undefined && became.kind === 'written')
              await store.write([{ kind: 'put', item: besides, expects: 'absent' }]);
          return became;
        },
    },
    {
      name: 'who did it not written at all',
      in: 'write',
      plant:
        (original: WriteGroup): WriteGroup =>
        (group, store, view) =>
          original(
            group.map(({ besides: _, ...change }) => change),
            store,
            view,
          ),
    },
  ]),
  ...bugsIn('engine/audit/entry.ts', [
    {
      name: 'an entry that may be written over',
      in: 'auditWrite',
      at: { member: 'expects' },
      plant: () => 'anything',
    },
  ]),
  ...bugsIn('engine/initiator/cancel.ts', [
    {
      name: 'a cancel that changes nothing has an entry too',
      in: 'cancelling',
      at: { call: 'run' },
      plant: async (
        original: () => Promise<Outcomes>,
        { edges, sagaId, caller, event, actorOf, stepEntry }: Cancelling,
      ) => {
        const outcomes = await original();
        const step = { before: 'CANCELLING', after: 'CANCELLING', version: 0, nowMs: edges.now() };
        await edges.store.write([
          {
            kind: 'put',
            item: stepEntry(actorOf(caller, event), 'cancel', sagaId, 'again')(step),
            expects: 'absent',
          },
        ]);
        return outcomes;
      },
    },
    {
      name: 'a customer named in the audit',
      in: 'cancelling',
      at: { call: 'pseudonymOf' },
      plant: async (_: unknown, { caller }: { readonly caller: Caller }) => caller.id,
    },
  ]),
  ...bugsIn('engine/initiator/nudge-now.ts', [
    {
      name: 'a nudge by hand of which nobody knows',
      in: 'nudging',
      at: { argument: 0, of: 'edges.store.write' },
      plant: (writes: readonly Write[]): readonly Write[] => writes.slice(0, 1),
    },
  ]),
  ...bugsIn('engine/http/reason.ts', [
    {
      name: 'staff cancel for no reason',
      in: 'reasonOfStaff',
      plant: () => () => ({ before: () => {} }),
    },
  ]),
  ...bugsIn('engine/http/actor.ts', [
    {
      name: 'an act of nobody',
      in: 'actorOf',
      plant:
        (original: (...about: never) => Actor) =>
        (...about: never): Actor => ({ ...original(...about), by: '' }),
    },
  ]),
  ...bugsIn('functions/inventory/put-stock.ts', [
    {
      name: 'a stocktake that tells what was there before somebody else’s',
      in: 'putStock',
      at: { argument: 1, of: 'writeAmongOthers' },
      plant: (writes: readonly Write[]): readonly Write[] =>
        writes.map((write) =>
          write.kind === 'put' && write.item.pk.startsWith('SKU#')
            ? { ...write, expects: 'anything' }
            : write,
        ),
    },
  ]),
  ...bugsIn('engine/dead-letters/dead-letters.ts', [
    {
      name: 'dead letters moved and nobody knows by whom',
      in: 'redriving',
      at: { call: 'intend' },
      plant: async () => {},
    },
    {
      name: 'dead letters discarded before anybody knows by whom',
      in: 'discarding',
      at: { call: 'intention' },
      plant: () => async () => {},
    },
  ]),
];
