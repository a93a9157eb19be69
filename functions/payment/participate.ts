import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { payment } from './payment.ts';
import { liveProvider, recallingProvider } from './provider.ts';
import { RestoredCharges, restoredSinceMs } from './restored.ts';
import { liveStripe } from './stripe-client.ts';

const connect = liveStripe();
const sinceMs = restoredSinceMs();
const provider = liveProvider(connect);

/** The queue `payment`: charges for reservations, and voids or refunds after failures. */
const participant = payment(
  sinceMs === undefined
    ? provider
    : recallingProvider(connect, new RestoredCharges(connect, sinceMs), provider),
);
export const handler = consume(participant, liveEdges(participant), retryDelays());
