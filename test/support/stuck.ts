import Stripe from 'stripe';
import { DEADLINE_MS, ShopInMemory } from './shop-in-memory.ts';
import { unanswered } from './simulated-stripe.ts';

/** An order that is stuck, and its shop. */
export type Stuck = readonly [here: ShopInMemory, orderId: string];

/** `nowMs`: what time it is there. A browser reads times by this machine's clock. */
type Prepare = (nowMs: number) => Promise<Stuck>;

function shopAt(nowMs: number): ShopInMemory {
  const here = new ShopInMemory();
  here.nowMs = nowMs;
  return here;
}

export const providerDown: Prepare = async (nowMs) => {
  const here = shopAt(nowMs);
  here.stripe.before = unanswered;
  return [here, await here.place()];
};

export const deadLettered: Prepare = async (nowMs) => {
  const [here, orderId] = await providerDown(nowMs);
  for (let tries = 0; tries < 4; tries += 1) await here.retry();
  return [here, orderId];
};

export const challenged: Prepare = async (nowMs) => {
  const here = shopAt(nowMs);
  return [here, await here.place('pm_card_threeDSecure2Required')];
};

export const queueWithoutConsumer: Prepare = async (nowMs) => {
  const here = shopAt(nowMs);
  here.deaf.add('inventory');
  return [here, await here.place()];
};

export const tableMissing: Prepare = async (nowMs) => {
  const here = shopAt(nowMs);
  here.deaf.add('payment');
  const orderId = await here.place();
  here.drop('payment');
  return [here, orderId];
};

export const refundRefused: Prepare = async (nowMs) => {
  const here = shopAt(nowMs);
  here.stripe.before = (call) => {
    if (call !== 'refund') return;
    const type = 'invalid_request_error';
    throw new Stripe.errors.StripeInvalidRequestError({
      type,
      code: 'charge_disputed',
      message: 'Disputed.',
    });
  };
  here.deaf.add('order');
  const orderId = await here.place();
  await here.cancel(orderId);
  here.deaf.clear();
  await here.settle();
  return [here, orderId];
};

/** The schedule comes once a minute at most, so an order may be a little past its deadline. */
export const deadlineIn =
  (leftMs: number): Prepare =>
  async (nowMs) => {
    const here = shopAt(nowMs - DEADLINE_MS + leftMs);
    here.deaf.add('inventory');
    const orderId = await here.place();
    here.nowMs = nowMs;
    return [here, orderId];
  };
