import type * as z from 'zod';
import type { Item } from '../../../engine/batch/store.ts';
import type { Player, SimulatedSaga } from '../cast.ts';
import { remembered } from '../remembered.ts';
import { isForgotten } from './forgotten.ts';
import { PARTICIPANT_FAILED } from './reasons.ts';
import { hasHeardAll, roleOf, typesSaidBy } from './roles.ts';
import { type Row, rowOf, statusOf } from './row.ts';

/** Whether an event is one that a participant may hear of a saga first. */
export const opens = ({ steps }: Player, type: string): boolean =>
  [...steps].some((step) => step.startsWith(`NONE ${type} `) || step.startsWith(`absent ${type} `));

/** Members of a state that change with its status. What is not among them never changes again, once it is said. */
const changing: ReadonlySet<string> = new Set([
  'status',
  'answered',
  'heard',
  'waits',
  'impasses',
  'action',
  'impasse',
  'observed',
  'revoked',
  'refusal',
  'reason',
  'failure',
  'isUntold',
  'isTallied',
]);

/** What is wrong with one step of one record; undefined if it is legal. */
export function flawOfStep(
  player: Player,
  saga: SimulatedSaga,
  before: Item | undefined,
  after: Item,
): string | undefined {
  const [old, now] = [rowOf(before), rowOf(after) as Row];
  const entry = now.history?.at(-1);
  const step = `${statusOf(before)} ${entry?.because} ${statusOf(after)}`;
  if (!isLegal(player, before, entry?.because, after)) return `no such step: ${step}`;
  if (entry.status !== now.state.status || now.status !== now.state.status) {
    return `${step}: the history says ${entry.status}, the item ${now.status}, the state ${now.state.status}`;
  }
  if (now.version !== (old?.version ?? 0) + 1)
    return `${step}: version ${now.version} after ${old?.version ?? 0}`;
  if (!isContinued(before, after)) return `${step}: the history before it has changed`;
  if (!isReasonKept(old?.state.reason, now.state.reason))
    return `${step}: it was cancelled for ${JSON.stringify(old?.state.reason)} already`;
  const changed = fixedOf(player, saga, now.state).find(
    (name) => old?.state[name] !== undefined && !isSame(old.state[name], now.state[name]),
  );
  return changed === undefined ? flawOfSaying(player, after) : `${step}: ${changed} has changed`;
}

/** The first reason stays. Only what answers to a failure have told is told better by the failure itself. */
const isReasonKept = (old: Row | undefined, now: unknown): boolean =>
  old === undefined || old.code === PARTICIPANT_FAILED || isSame(old, now);

function isLegal(player: Player, before: Item | undefined, because: string, after: Item): boolean {
  const { steps, part, step } = player;
  const isByHand = step === undefined && !('begins' in part);
  const nameOf = (item: Item | undefined) => (isByHand ? roleOf(player, item) : statusOf(item));
  if (!steps.has(`${nameOf(before)} ${because} ${nameOf(after)}`)) return false;
  // Who needs several events begins with the last of them.
  return !part.consumes.includes(because) || 'begins' in part || isHeardInTime(player, after);
}

const isHeardInTime = (player: Player, after: Item): boolean =>
  hasHeardAll(player.part, after) === (roleOf(player, after) !== 'waiting');

/**
 * A decision that is written by hand may keep other members in other states: only whose it is stays. What a step asks with
 * and does not keep may be told in the answer by the same name.
 */
const fixedOf = ({ step, part, service }: Player, saga: SimulatedSaga, state: Row): readonly string[] =>
  step === undefined && !('begins' in part)
    ? [saga.owner]
    : Object.keys(state).filter(
        (name) =>
          !changing.has(name) &&
          !step?.forgets.includes(name) &&
          !toldByUndoing(saga).get(service)?.has(name),
      );

/** By service. What was undone may be held again, and is then undone anew: with another answer. */
const toldByUndoing = remembered((saga: SimulatedSaga): ReadonlyMap<string, ReadonlySet<string>> => {
  const membersOf = (service: string, kind: string) =>
    Object.entries(saga.partOf(service).says)
      .filter(([, each]) => each === kind)
      .flatMap(([type]) =>
        Object.keys((saga.events[type]?.schema as Partial<z.ZodObject> | undefined)?.shape ?? {}),
      );
  return new Map(
    saga.services.map((service) => {
      const done = membersOf(service, 'step');
      return [service, new Set(membersOf(service, 'compensation').filter((name) => !done.includes(name)))];
    }),
  );
});

/** A step that asks the outside says what has come of it, and nothing before it is known. */
function flawOfSaying(player: Player, after: Item): string | undefined {
  if (player.step === undefined) return undefined;
  const { part, step } = player;
  const { impasse, refusal } = rowOf(after)?.state ?? {};
  const isImpasse = statusOf(after) === step?.names.undoing && impasse !== undefined;
  const isRevoked = statusOf(after) === step?.names.resolved && refusal !== undefined;
  const sayingOf = (kind: string) => Object.keys(part.says).filter((type) => part.says[type] === kind);
  const due = isImpasse
    ? sayingOf('impasse')
    : isRevoked
      ? sayingOf('failure')
      : (sayingsOf(player).get(statusOf(after)) ?? []);
  const said = typesSaidBy(after);
  // What it said before is forgotten, and a step without words says nothing anew.
  if (isForgotten(after) && said.length === 0) return undefined;
  return isSame(said, due) ? undefined : `${statusOf(after)} says ${said.join() || 'nothing'}`;
}

/** By status. */
const sayingsOf = remembered(({ part, step }: Player): ReadonlyMap<string, readonly string[]> => {
  const sayingOf = (kind: string) => Object.keys(part.says).filter((type) => part.says[type] === kind);
  const compensations = sayingOf('compensation').filter((type) => type !== step?.resolved);
  const isVoid = (type: string) => type === step?.voided;
  return new Map([
    [step?.names.done ?? '', sayingOf('step')],
    [step?.names.refused ?? '', sayingOf('failure')],
    [step?.names.awaiting ?? '', sayingOf('wait')],
    [step?.names.undone ?? '', compensations.filter((type) => compensations.length === 1 || !isVoid(type))],
    [step?.names.resolved ?? '', sayingOf('compensation').filter((type) => type === step?.resolved)],
    [step?.names.void ?? '', compensations.filter(isVoid)],
  ]);
});

/** Of a record that is written for ever no more than this is kept: an item must not grow without end. */
const MAX_HISTORY = 30;

function isContinued(before: Item | undefined, after: Item): boolean {
  const all: readonly unknown[] = rowOf(before)?.history ?? [];
  const now: readonly unknown[] = rowOf(after)?.history;
  const old = all.slice(Math.max(all.length + 1 - MAX_HISTORY, 0));
  if (now.length !== old.length + 1) return false;
  return isTextContinued(before, after) || old.every((entry, index) => isSame(entry, now[index]));
}

/** Arrays whose texts begin alike begin with the same entries. */
const isTextContinued = (before: Item | undefined, after: Item): boolean =>
  before !== undefined && historyText(after).startsWith(historyText(before));

/** It is the last member, and without what closes it and the record. */
function historyText(item: Item): string {
  const text = item.record as string;
  return text.slice(text.lastIndexOf('"history":['), -']}'.length);
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
