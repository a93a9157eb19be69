import { deadLetters } from '../runtime/dead-letters.ts';
import { liveEdges, liveParking } from '../runtime/live.ts';
import { HASTY } from '../runtime/publisher.ts';
import { payment } from './payment.ts';
import { liveProvider } from './provider.ts';

/** GET /dead-letters/payment · POST /dead-letters/payment/redrive */
export const handler = deadLetters(payment(liveProvider()), liveEdges('payment', HASTY), () =>
  liveParking('payment', HASTY),
);
