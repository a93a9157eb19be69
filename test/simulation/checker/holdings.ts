import type { World } from '../world/world.ts';
import type { Flaw } from './flaw.ts';
import { holdsNothing, roleOf } from './roles.ts';
import { statusOf } from './row.ts';

/**
 * P2 and P4 of one saga as everything stands now: which is broken and how; undefined if neither is. Each effect is
 * there once at the most; success means that every participant has done its step, and that whoever it asked holds it,
 * cancelled that nobody holds anything.
 */
export function flawOfHoldings(world: World, sagaId: string): Flaw | undefined {
  const { saga, players, initiator } = world.cast;
  const begun = world.recordOf(initiator.service, sagaId);
  const status = statusOf(begun);
  const others = players.filter(({ service }) => service !== initiator.service);
  const is = () => describe(world, sagaId);
  if (begun === undefined) {
    if (world.unasked.has(sagaId)) return undefined;
    const isKnown = others.some(
      ({ service }) =>
        world.recordOf(service, sagaId) !== undefined || world.holdingOf(service, sagaId).effects > 0,
    );
    return isKnown ? ['P4', `orphan: ${is()}`] : undefined;
  }
  const twice = flawOfEffects(world, sagaId);
  if (twice !== undefined) return twice;
  if (status !== 'CONFIRMED' && status !== 'CANCELLED') return undefined;
  const wrong = others
    .filter(({ service }) => saga.takesPart(service))
    .find((player) => {
      const role = roleOf(player, world.recordOf(player.service, sagaId));
      const { isHeld, wasUndecided } = world.holdingOf(player.service, sagaId);
      if (status === 'CONFIRMED') return role !== 'done' || isHeld === false;
      // Whoever it asked may have taken back what it said, and what it has done: in the end that is looked at.
      if (wasUndecided === true) return false;
      return isUndoable(player.part.says) && (!holdsNothing.has(role) || isHeld === true);
    });
  return wrong && ['P4', `${wrong.service} holds what is wrong: ${is()}`];
}

/** Each effect is there once at the most, whatever else is wrong. */
export function flawOfEffects(world: World, sagaId: string): Flaw | undefined {
  const twice = world.cast.players.find(({ service }) => world.holdingOf(service, sagaId).effects > 1);
  return twice && ['P2', `${twice.service} did it twice: ${describe(world, sagaId)}`];
}

/** Of a saga that nobody has placed nothing is held in the end. */
export function flawOfUnasked(world: World): Flaw | undefined {
  const held = [...world.unasked].find((sagaId) =>
    world.cast.players.some(
      ({ service, part }) =>
        'says' in part && isUndoable(part.says) && world.holdingOf(service, sagaId).isHeld === true,
    ),
  );
  return held === undefined ? undefined : ['P4', `nobody has placed it: ${describe(world, held)}`];
}

/** What has no compensation stays as it is. */
const isUndoable = (says: Readonly<Record<string, string>>): boolean =>
  Object.values(says).includes('compensation');

function describe(world: World, sagaId: string): string {
  const states = world.cast.players.map(({ service }) => {
    const { effects, isHeld } = world.holdingOf(service, sagaId);
    const outside = effects === 0 ? '' : `, which ${isHeld === true ? 'holds' : 'has undone'} ${effects}`;
    return `${service} ${statusOf(world.recordOf(service, sagaId))}${outside}`;
  });
  return `${sagaId} ${states.join('; ')}`;
}
