import type { Choreography, Hearing } from '../choreography.ts';
import type { Diagram, Step } from './diagram.ts';

/** How a run differs from the path that a saga takes if nothing fails and nobody cancels. */
export interface Difference {
  readonly happened: readonly Hearing[];
  /** What has not happened: not yet, or not at all if the saga has ended. */
  readonly missing: readonly Hearing[];
  /** What happened besides: failures, what undoes them, and what changed nothing. */
  readonly besides: readonly Step[];
}

/** The difference between what happened and the ideal path of the declaration. */
export function differenceOf({ steps }: Diagram, choreography: Choreography): Difference {
  const { idealPath } = choreography;
  const past = steps.filter(({ kind }) => kind !== 'awaited');
  const isHeard = hearingIn(past, choreography);
  const [first] = past.filter(({ to }) => to === choreography.initiator);
  return {
    happened: idealPath.filter(isHeard),
    missing: idealPath.filter((each) => !isHeard(each)),
    besides: past.filter((step) => step !== first && isBesides(step, choreography)),
  };
}

/**
 * Whether a service has heard an event. Of one that asks the outside the history says what the outside answered, and it asks only
 * once it has heard all.
 */
const hearingIn =
  (past: readonly Step[], { initiator, says }: Choreography) =>
  ({ service, type }: Hearing): boolean =>
    past.some(
      ({ to, label, kind }) =>
        to === service &&
        kind !== 'failed' &&
        (label === type || (service !== initiator && says[label] === undefined)),
    );

function isBesides({ to, label, kind }: Step, { initiator, says, idealPath }: Choreography): boolean {
  if (kind !== 'moved') return true;
  // What the initiator does without an event, somebody has wanted.
  if (says[label] === undefined) return to === initiator;
  return !idealPath.some(({ type }) => type === label);
}
