/**
 * What an event does for its saga.
 *
 * - A *step* moves the saga on; it goes to the participants that name it in `consumes`.
 * - A *failure* goes to every participant; those that have acted by then compensate.
 * - A *compensation* tells the initiator that a participant holds nothing any more.
 * - An *outcome* ends the saga; whoever names it in `consumes` hears of it.
 */
export type EventKind = 'step' | 'failure' | 'compensation' | 'outcome';
