/**
 * What an event does for its saga.
 *
 * - A *step* moves the saga on; it goes to the participants that name it in `consumes`.
 * - A *failure* goes to every participant; those that have acted compensate.
 * - A *compensation* tells the initiator that a participant no longer holds anything.
 * - An *outcome* ends the saga; it goes to the participants that name it in `consumes`.
 */
export type EventKind = 'step' | 'failure' | 'compensation' | 'outcome';
