import type { Metric } from '../../engine/metrics/emf.ts';

/** What alarms look at, besides what every participant measures. */

/** Of each charge whether it was declined, 1 or 0: the average is the share. */
export const chargesDeclined: Metric = { name: 'ChargesDeclined', unit: 'Count' };
/** Charges that people or banks have changed. */
export const chargesChanged: Metric = { name: 'ChargesChanged', unit: 'Count' };
/** Webhooks that Stripe has not signed. */
export const webhooksRefused: Metric = { name: 'WebhooksRefused', unit: 'Count' };
