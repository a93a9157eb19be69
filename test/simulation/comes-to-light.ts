import type { Cast } from './cast.ts';

/**
 * Whether the initiator hears of what follows from this event alone, as it has to for a saga that nobody has placed.
 * Where whoever would tell it waits for another event, too, nobody finds out before a person looks.
 */
export function comesToLight(type: string, { saga, players }: Cast): boolean {
  const said = new Set([type]);
  const following = players.filter(({ service }) => service !== saga.initiator);
  for (let before = 0; before < said.size; ) {
    before = said.size;
    for (const { part } of following) {
      if (!part.consumes.every((cause) => said.has(cause))) continue;
      for (const step of Object.keys(part.says)) if (saga.kindOf(step) === 'step') said.add(step);
    }
  }
  return saga.completes.some((end) => said.has(end));
}
