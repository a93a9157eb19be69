import { externalParticipant } from '../../engine/batch/outside.ts';
import { type Outside, webhooksStep } from './decide.ts';

/** The part of whoever tells subscribers how orders end. It hears of outcomes, so it can change none. */
export const webhooks = (outside: Outside) => externalParticipant(webhooksStep(), outside);
