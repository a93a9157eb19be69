import type { ExternalState, Members, Names } from './external-state.ts';

/**
 * How a step that asks the outside ends; undefined while the outside is still asked. Whoever waited for the rest of its events
 * has done nothing and never will. What was revoked was done and is undone: both end in the same way, but for what is said.
 */
export function settled(
  is: Names,
  keeps: readonly string[],
  owner: string,
  state: ExternalState,
): ExternalState | undefined {
  switch (state.status) {
    case is.done:
    case is.undone:
    case is.resolved:
    case is.void:
      return state;
    case is.refused: {
      if (!('revoked' in state)) return state;
      const kept = [owner, ...keeps].filter((name) => name in state);
      const first = Object.fromEntries(kept.map((name) => [name, state[name]]));
      return { ...first, ...(state.revoked as Members), status: is.undone };
    }
    case is.waiting:
      return { ...(owner in state ? { [owner]: state[owner] } : {}), status: is.void };
    default:
      return undefined;
  }
}
