import type { ExternalState, Members, Names } from './external-state.ts';

/**
 * How a step that asks the outside ends; undefined while the outside is still asked. Whoever waited for the rest of its events
 * has done nothing and never will. What was revoked was done and is undone: both end in the same way, but for what is said.
 * `isLeft`: nobody undoes the step, and nobody waits for it any more, so it may be asked for ever and that is an end, too.
 */
export function settled(
  is: Names,
  keeps: readonly string[],
  owner: string,
  state: ExternalState,
  isLeft: boolean,
): ExternalState | undefined {
  const isVoid = { ...(owner in state ? { [owner]: state[owner] } : {}), status: is.void };
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
      return isVoid;
    case is.asking:
    case is.awaiting:
      return isLeft ? isVoid : undefined;
    default:
      return undefined;
  }
}
