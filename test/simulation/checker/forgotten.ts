import type { Item } from '../../../engine/batch/store.ts';
import type { Player } from '../cast.ts';
import type { World } from '../world/world.ts';
import { rowOf, statusOf } from './row.ts';

export const isForgotten = (item: Item | undefined): boolean => rowOf(item)?.forgotten === true;

/** What each record was before it was forgotten: what it said and heard is known to the checker alone. */
const originals = new WeakMap<Item, Item>();

/** The record as it was when it still said something. */
export const originalOf = (item: Item): Item => originals.get(item) ?? item;

/** A record was forgotten: what is wrong with that; undefined if nothing is. */
export function flawOfForgetting(
  world: World,
  { service, step }: Player,
  before: Item | undefined,
  after: Item,
): string | undefined {
  const { saga, initiator } = world.cast;
  const [old, now] = [rowOf(before), rowOf(after)];
  if (before === undefined || old === undefined || now === undefined) return 'there was nothing to forget';
  originals.set(after, originalOf(before));
  const is = `${service} ${after.pk}`;
  if (now.version !== old.version + 1) return `${is} has version ${now.version} after ${old.version}`;
  const begun = service === initiator.service ? before : world.recordOf(initiator.service, now[saga.id.name]);
  if (begun !== undefined && !hasEnded(begun)) return `${is} was forgotten while it was ${statusOf(begun)}`;
  const names = step?.names;
  const isAsked = [names?.asking, names?.awaiting].includes(statusOf(before));
  // Nobody waits any more for what nobody undoes.
  const isLeft =
    isAsked && statusOf(begun) === 'CANCELLED' && saga.takesPart(service) && step?.voided === undefined;
  if ((isAsked && !isLeft) || [names?.abandoning, names?.undoing].includes(statusOf(before)))
    return `${is} was forgotten while it was ${statusOf(before)}`;
  // What was revoked may be held again, and then has to be undone like anything else.
  const ends =
    old.state.revoked !== undefined
      ? [names?.undone]
      : [statusOf(before), ...(isLeft || statusOf(before) === names?.waiting ? [names?.void] : [])];
  if (!ends.includes(now.state.status) || now.status !== now.state.status)
    return `${is} was ${statusOf(before)}, and is forgotten as ${now.status}`;
  const { [saga.owner]: owner } = old.state;
  if (owner !== undefined && JSON.stringify(after).includes(owner)) return `${is} is ${owner}'s still`;
  const left = [...now.outbox, ...now.history];
  if (left.length > 0) return `${is} still says ${JSON.stringify(left)}`;
  if (service !== initiator.service) return undefined;
  if (now.dueEpochSeconds !== undefined) return `${is} is due although it is forgotten`;
  if (now.state.fingerprint !== old.state.fingerprint) return `${is} takes any body now`;
  return undefined;
}

const hasEnded = (item: Item): boolean =>
  isForgotten(item) ||
  (['CONFIRMED', 'CANCELLED'].includes(statusOf(item)) && rowOf(item)?.state.isUntold === undefined);

/** What in the tables still says whose something is, or how it was to be paid; undefined if nothing does. */
export function flawOfErasure(world: World, secrets: readonly string[]): string | undefined {
  for (const { service } of world.cast.players) {
    for (const item of world.tableOf(service).items.values()) {
      if (world.unasked.has(String(rowOf(item)?.[world.cast.saga.id.name]))) continue;
      const text = JSON.stringify(item);
      const told = secrets.find((each) => text.includes(each));
      if (told !== undefined) return `${service} ${item.pk} still has ${told}`;
    }
  }
  return undefined;
}
