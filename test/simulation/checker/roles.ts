import type { Item } from '../../../engine/batch/store.ts';
import type { Player } from '../cast.ts';
import { remembered } from '../remembered.ts';
import { originalOf } from './forgotten.ts';
import { rowOf, statusOf } from './row.ts';

/**
 * What a participant's record stands for, whatever the participant calls it. `waiting`: for the rest of what it needs,
 * so that nothing has begun. `under way`: begun, and not known how it ends.
 */
export type Role = 'absent' | 'waiting' | 'under way' | 'done' | 'refused' | 'undone';

/** What it last said tells, and for a step that asks the outside its status. */
export function roleOf({ part, step }: Pick<Player, 'part' | 'step'>, item: Item | undefined): Role {
  if (item === undefined) return 'absent';
  if (step !== undefined) return rolesOf(step.names).get(statusOf(item)) ?? 'under way';
  const [said] = typesSaidBy(originalOf(item)).toReversed();
  if (said !== undefined) return roleOfKind[part.says[said] ?? 'outcome'];
  if (!hasHeardAll(part, originalOf(item))) return 'waiting';
  return Object.keys(part.says).length === 0 ? 'done' : 'under way';
}

/** Whoever is in one of these roles holds nothing. */
export const holdsNothing: ReadonlySet<Role> = new Set(['absent', 'waiting', 'refused', 'undone']);

const roleOfKind = {
  step: 'done',
  failure: 'refused',
  compensation: 'undone',
  outcome: 'under way',
  wait: 'under way',
  impasse: 'under way',
} as const;

type Names = NonNullable<Player['step']>['names'];

const rolesOf = remembered(
  (is: Names): ReadonlyMap<string, Role> =>
    new Map<string, Role>([
      [is.waiting, 'waiting'],
      [is.asking, 'under way'],
      [is.awaiting, 'under way'],
      [is.abandoning, 'under way'],
      [is.undoing, 'under way'],
      [is.done, 'done'],
      [is.refused, 'refused'],
      [is.undone, 'undone'],
      [is.resolved, 'undone'],
      [is.void, 'undone'],
    ]),
);

/** The types of what a record last said. */
export const typesSaidBy = remembered((item: Item): readonly string[] =>
  ((rowOf(item)?.outbox ?? []) as readonly string[]).map((body) => String(JSON.parse(body).type)),
);

/** Whether a record has come of all that its participant needs: of outcomes, which it says nothing of, there is one. */
export const hasHeardAll = ({ consumes, says }: Player['part'], item: Item): boolean => {
  const history: readonly { readonly because: string }[] = rowOf(item)?.history ?? [];
  const isHeard = (type: string) => history.some(({ because }) => because === type);
  return Object.keys(says).length === 0 ? consumes.some(isHeard) : consumes.every(isHeard);
};
