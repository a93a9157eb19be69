import type { anonymous, settledIn } from '../../../../engine/batch/forget.ts';
import type { next } from '../../../../engine/batch/record.ts';
import type { Write } from '../../../../engine/batch/store.ts';
import type { erasing } from '../../../../engine/privacy/erase.ts';
import type { forgetOwner } from '../../../../engine/privacy/forget-owner.ts';
import type { settled } from '../../../../engine/saga/external-settled.ts';
import type { withoutPersonal } from '../../../../engine/saga/personal-data.ts';
import { bugsIn } from '../planter/bug.ts';

type Settled = typeof settled;
type Forgotten = (...about: readonly unknown[]) => Record<string, unknown> | undefined;
type ForgetOwner = typeof forgetOwner;
type ForgetOne = (terms: unknown, others: readonly unknown[], begun: unknown) => unknown;

/** Whom the product forgets, and what it keeps. */
export const privacyBugs = [
  ...bugsIn('engine/batch/forget.ts', [
    {
      name: 'nothing kept of what is forgotten but its status and its key',
      in: 'anonymous',
      plant:
        (original: typeof anonymous): typeof anonymous =>
        (table, state) => {
          const { status, fingerprint } = original(table, state) as { status: string; fingerprint?: string };
          return { status, fingerprint } as never;
        },
    },
    {
      name: 'what is forgotten forgets the body of its key',
      in: 'anonymous',
      plant:
        (original: typeof anonymous): typeof anonymous =>
        (...about) =>
          ({ ...original(...about), fingerprint: undefined }) as never,
    },
    {
      name: 'what is under way forgotten',
      in: 'settledIn',
      plant:
        (): typeof settledIn =>
        (_, { state }) =>
          state,
    },
    {
      name: 'the outbox kept of what is forgotten',
      in: 'forgotten',
      plant:
        (original: Forgotten): Forgotten =>
        (table, record) => {
          const { outbox } = record as { readonly outbox: unknown };
          const left = original(table, record);
          return left && { ...left, outbox };
        },
    },
    {
      name: 'the history kept of what is forgotten',
      in: 'forgotten',
      plant:
        (original: Forgotten): Forgotten =>
        (table, record) => {
          const { history } = record as { readonly history: unknown };
          const left = original(table, record);
          return left && { ...left, history };
        },
    },
  ]),
  ...bugsIn('engine/batch/record.ts', [
    {
      name: 'a late step over what is forgotten as if it were not',
      in: 'next',
      plant:
        (original: typeof next): typeof next =>
        (table, before, step) => {
          const { isForgotten: _, ...record } = original(table, before, step);
          return record;
        },
    },
  ]),
  ...bugsIn('engine/saga/personal-data.ts', [
    {
      name: 'only the owner forgotten',
      in: 'withoutPersonal',
      plant:
        (): typeof withoutPersonal =>
        (_, owner, { [owner]: __, ...others }) =>
          others,
    },
  ]),
  ...bugsIn('engine/saga/external-settled.ts', [
    {
      name: 'a refusal forgotten with what was given back for it',
      in: 'settled',
      plant:
        (original: Settled): Settled =>
        (is, keeps, owner, state, isLeft) =>
          state.status === is.refused
            ? (({ revoked: _, ...rest }) => rest)(state as typeof state & { revoked?: unknown })
            : original(is, keeps, owner, state, isLeft),
    },
  ]),
  ...bugsIn('engine/privacy/keepers.ts', [
    {
      name: 'forgotten whatever was written in between',
      in: 'forget',
      at: { argument: 0, of: 'store.write' },
      plant: (writes: readonly Write[]) => writes.map((write) => ({ ...write, expects: 'anything' })),
    },
  ]),
  ...bugsIn('engine/privacy/forget-sagas.ts', [
    {
      name: 'forgotten by the initiator alone',
      in: 'forgetOne',
      plant:
        (original: ForgetOne): ForgetOne =>
        (terms, _, begun) =>
          original(terms, [], begun),
    },
  ]),
  ...bugsIn('engine/privacy/erase.ts', [
    {
      name: 'one page of an owner erased',
      in: 'erasing',
      plant:
        (original: typeof erasing): typeof erasing =>
        (...about) =>
        async (event) => ({ ...(await original(...about)(event, () => true)), more: false }),
    },
  ]),
  ...bugsIn('engine/privacy/forget-owner.ts', [
    {
      name: 'the tally of somebody whose sagas are all forgotten kept',
      in: 'forgetIdleOwner',
      plant: () => () => Promise.resolve(),
    },
    {
      name: 'the tally forgotten of somebody who has a saga open',
      in: 'forgetOwner',
      plant:
        (original: ForgetOwner): ForgetOwner =>
        async (store, owner) => {
          await original(store, owner);
          await store.write([{ kind: 'delete', key: `tally#${owner}` }]);
        },
    },
  ]),
];
