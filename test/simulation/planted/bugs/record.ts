import type { Decided, JobDecision } from '../../../../engine/batch/decide.ts';
import type { OutgoingMessage } from '../../../../engine/batch/messages.ts';
import type { next } from '../../../../engine/batch/record.ts';
import type { Item } from '../../../../engine/batch/store.ts';
import type { seal } from '../../../../engine/saga/envelope.ts';
import type { exchangeOf } from '../../../../engine/saga/routes.ts';
import type { Saga } from '../../../../engine/saga/saga.ts';
import { bugsIn } from '../planter/bug.ts';

type Next = typeof next;
type ChangeOf = (...about: readonly unknown[]) => Decided<unknown, unknown, unknown>;
type Decide = (...about: readonly unknown[]) => JobDecision<unknown, unknown, unknown>;
type EventMessage = (saga: Saga, event: object, body: string) => OutgoingMessage<string>;

/** What a record holds, and what is said of it. */
export const recordBugs = [
  ...bugsIn('engine/batch/record.ts', [
    {
      name: 'outbox emptied by a step that says nothing',
      in: 'next',
      plant:
        (original: Next): Next =>
        (table, before, step) => ({ ...original(table, before, step), outbox: step.outbox ?? [] }),
    },
    {
      name: 'events not written with the step',
      in: 'next',
      plant:
        (original: Next): Next =>
        (...step) => ({ ...original(...step), outbox: [] }),
    },
    {
      name: 'history not appended',
      in: 'next',
      plant:
        (original: Next): Next =>
        (...step) => {
          const record = original(...step);
          return { ...record, history: record.history.slice(-1) };
        },
    },
    {
      name: 'a history that grows without end',
      in: 'next',
      plant:
        (original: Next): Next =>
        (table, before, step) => {
          const record = original(table, before, step);
          return { ...record, history: [...(before?.history ?? []), ...record.history.slice(-1)] };
        },
    },
    {
      name: 'version not counted',
      in: 'next',
      plant:
        (original: Next): Next =>
        (...step) => ({ ...original(...step), version: 1 }),
    },
    {
      name: 'what was read of a record before taken for what is stored now',
      in: 'fromItem',
      at: { argument: 0, of: 'read.get' },
      plant: (item: Item, { read }: { readonly read: ReadonlyMap<Item, unknown> }) =>
        [...read.keys()].find(({ pk }) => pk === item.pk) ?? item,
    },
  ]),
  ...bugsIn('engine/batch/decide.ts', [
    {
      name: 'condition of a second step loosened: only the first write is conditional',
      in: 'changeOf',
      plant:
        (original: ChangeOf) =>
        (...about: readonly unknown[]): object => {
          const change = original(...about);
          return { ...change, expects: change.expects === 'absent' ? 'absent' : 'anything' };
        },
    },
    {
      name: 'rejected by what is only remembered of the stock',
      in: 'decideOn',
      plant:
        (original: Decide): Decide =>
        (...about) => ({ ...original(...about), isUnfounded: false }),
    },
  ]),
  ...bugsIn('engine/batch/messages.ts', [
    {
      name: 'mandatory dropped',
      in: 'eventMessage',
      plant:
        (original: EventMessage): EventMessage =>
        (...about) => ({ ...original(...about), mandatory: false }),
    },
    {
      name: 'an event without a slot',
      in: 'eventMessage',
      plant:
        (original: EventMessage): EventMessage =>
        (...about) => ({ ...original(...about), headers: {} }),
    },
  ]),
  ...bugsIn('engine/saga/envelope.ts', [
    {
      name: 'a message under another id each time',
      in: 'seal',
      plant:
        (original: typeof seal): typeof seal =>
        (saga, fact, occasion) => {
          const event = original(saga, fact, occasion);
          return { ...event, id: `${event.id}:${occasion.nowMs}` };
        },
    },
  ]),
  ...bugsIn('engine/saga/routes.ts', [
    {
      name: 'failures sent to nobody in particular',
      in: 'exchangeOf',
      plant:
        (original: typeof exchangeOf): typeof exchangeOf =>
        (saga) =>
          original(saga, saga.initiation.begins),
    },
  ]),
];
