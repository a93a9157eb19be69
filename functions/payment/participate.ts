import { liveEdges, retryDelays } from '../runtime/live.ts';
import { participate } from '../runtime/participate.ts';
import { payment } from './payment.ts';
import { liveProvider } from './provider.ts';

/** The queue `payment`: reservations to charge for, and failures to void or refund after. */
export const handler = participate(payment(liveProvider()), liveEdges('payment'), retryDelays());
