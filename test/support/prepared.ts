import type { Provider } from '../../functions/payment/decide.ts';

/** Nobody has touched the charge. */
export const observe: Provider['observe'] = async () => ({ refundedMinor: 0, disputes: [] });

/** A payment intent for every order, as no test asks which. */
export const prepare: Provider['prepare'] = async () => ({ prepared: { paymentIntentId: 'pi_1' } });
