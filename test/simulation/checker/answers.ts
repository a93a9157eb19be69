import type { Item } from '../../../engine/batch/store.ts';
import type { Player } from '../cast.ts';
import type { World } from '../world/world.ts';
import { roleOf } from './roles.ts';
import { statusOf } from './row.ts';

/** A record says only what is true outside: what is done is held there, and what is refused or undone is not. */
export function flawOfAnswer(world: World, player: Player, sagaId: string, item: Item): string | undefined {
  const { isHeld } = world.holdingOf(player.service, sagaId);
  const role = roleOf(player, item);
  if (isHeld === undefined || role === 'under way' || role === 'waiting') return undefined;
  const isDone = role === 'done';
  if (isHeld === isDone) return undefined;
  return `${player.service} is ${statusOf(item)}, and whom it asked ${isHeld ? 'holds' : 'does not hold'} ${sagaId}`;
}
