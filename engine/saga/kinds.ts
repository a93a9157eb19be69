/**
 * What an event does for its saga.
 *
 * - A *step* moves the saga on; it goes to the participants that name it in `consumes`.
 * - A *failure* goes to every participant; those that have acted compensate.
 * - A *compensation* tells the initiator that a participant no longer holds anything.
 * - An *outcome* ends the saga; it goes to the participants that name it in `consumes`.
 * - A *wait* tells the initiator that a participant cannot go on before somebody has acted, for instance the owner.
 * - An *impasse* tells the initiator that a participant cannot undo its step, so that a person has to.
 */
export type EventKind = 'step' | 'failure' | 'compensation' | 'outcome' | 'wait' | 'impasse';

/** The kinds that say what a saga waits for. Their data has a text `waitingFor`. */
export const waitingKinds: ReadonlySet<EventKind> = new Set(['wait', 'impasse']);
