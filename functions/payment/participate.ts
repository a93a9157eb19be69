import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { payment } from './payment.ts';
import { liveProvider } from './provider.ts';

/** The queue `payment`: charges for reservations, and voids or refunds after failures. */
const participant = payment(liveProvider());
export const handler = consume(participant, liveEdges(participant), retryDelays());
