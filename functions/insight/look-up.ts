import { liveDeadline } from '../../engine/initiator/nudge.ts';
import { lookingUp } from '../../engine/insight/look-up.ts';
import { unpacedStripe } from '../payment/stripe-client.ts';
import { shop } from '../shop.ts';
import { providerIds } from './provider-ids.ts';
import { views } from './views.ts';

/** GET /lookup */
export const handler = lookingUp(shop, views, providerIds(unpacedStripe()), {
  now: Date.now,
  deadlineMs: liveDeadline(),
});
