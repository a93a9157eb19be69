import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { participant, secretsAtStart } from './live.ts';

secretsAtStart();

/** The queue `webhooks`: how orders end. */
export const handler = consume(participant, liveEdges(participant), retryDelays());
