import type { Committed, commit } from '../../../../engine/batch/commit.ts';
import type { groups } from '../../../../engine/batch/groups.ts';
import type { Refusal, Store, Write } from '../../../../engine/batch/store.ts';
import type { Change, View } from '../../../../engine/batch/view.ts';
import { bugsIn } from '../planter/bug.ts';

type Commit = typeof commit;
type Groups = typeof groups;
type WritesOf = (group: readonly Change[]) => readonly Write[];
type WriteGroup = (group: readonly Change[], store: Store, view: View) => Promise<Committed>;
type Learn = (view: View, write: Write | undefined, refusal: Refusal | undefined) => void;

/** How a batch is written. */
export const commitBugs = bugsIn('engine/batch/commit.ts', [
  {
    name: 'condition loosened: whatever is stored is overwritten',
    in: 'writesOf',
    plant:
      (original: WritesOf): WritesOf =>
      (group) =>
        original(group).map((write) => (write.kind === 'put' ? { ...write, expects: 'anything' } : write)),
  },
  {
    name: 'sum off by one in a group',
    in: 'writesOf',
    plant:
      (original: WritesOf): WritesOf =>
      (group) =>
        original(group).map((write) => {
          if (write.kind !== 'add') return write;
          const summed = group.flatMap(({ adjusts }) => adjusts).filter(({ key }) => key === write.key);
          return { ...write, deltas: { available: (write.deltas.available ?? 0) + summed.length - 1 } };
        }),
  },
  {
    name: 'only the last of a group taken from the counter',
    in: 'writesOf',
    plant:
      (original: WritesOf): WritesOf =>
      (group) =>
        original(group).map((write) => {
          if (write.kind !== 'add') return write;
          const summed = group.flatMap(({ adjusts }) => adjusts).filter(({ key }) => key === write.key);
          return { ...write, deltas: { available: summed.at(-1)?.delta ?? 0 } };
        }),
  },
  {
    name: 'stock of a group counted for its first order only',
    in: 'writesOf',
    plant:
      (original: WritesOf): WritesOf =>
      (group) =>
        original(group).map((write) => {
          if (write.kind !== 'add') return write;
          const first = group.flatMap(({ adjusts }) => adjusts).find(({ key }) => key === write.key);
          return { ...write, deltas: { available: first?.delta ?? 0 }, relyingOn: first?.relyingOn ?? {} };
        }),
  },
  {
    name: 'what the decision relied on not checked',
    in: 'writesOf',
    plant:
      (original: WritesOf): WritesOf =>
      (group) =>
        original(group).map((write) => (write.kind === 'add' ? { ...write, relyingOn: {} } : write)),
  },
  {
    name: 'what was decided on a draft that did not come true is written all the same',
    in: 'commit',
    plant: (original: Commit, { groups }: { readonly groups: Groups }): Commit =>
      async function* (changes, store, view, isAlone) {
        for (const group of groups(changes, isAlone)) yield* original(group, store, view, isAlone);
      },
  },
  {
    name: 'the wrong culprit blamed for a cancelled transaction',
    in: 'write',
    at: { argument: 1, of: 'learn' },
    plant: (_: Write | undefined, { writes, index }: { writes: readonly Write[]; index: number }) =>
      writes[(index + 1) % writes.length],
  },
  {
    name: 'the item that stands in the way not learned',
    in: 'learn',
    plant:
      (original: Learn): Learn =>
      (view, write, refusal) =>
        original(view, write, refusal?.cause === 'condition' ? { ...refusal, stored: undefined } : refusal),
  },
  {
    name: 'all of a group fail with one that can never be written',
    in: 'write',
    plant:
      (original: WriteGroup): WriteGroup =>
      async (group, store, view) => {
        const became = await original(group, store, view);
        if (became.kind !== 'to be tried alone') return became;
        return { kind: 'unknown', error: new Error('one of the group cannot be written') };
      },
  },
  {
    name: 'a change of which it is not known whether it is written taken for done',
    in: 'write',
    plant:
      (original: WriteGroup): WriteGroup =>
      async (group, store, view) => {
        const became = await original(group, store, view);
        return became.kind === 'unknown' ? { kind: 'written' } : became;
      },
  },
  {
    name: 'a refused transaction taken for done',
    in: 'write',
    plant:
      (original: WriteGroup): WriteGroup =>
      async (group, store, view) => {
        const became = await original(group, store, view);
        return became.kind === 'contended' ? { kind: 'written' } : became;
      },
  },
]);
