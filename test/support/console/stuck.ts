import Stripe from 'stripe';
import { DEADLINE_MS, ShopInMemory } from '../shop-in-memory.ts';
import { unanswered } from '../simulated-stripe.ts';

/** An order that is stuck, in a shop whose clock is this machine's, so that a browser reads its times as they are. */
export type Stuck = readonly [here: ShopInMemory, orderId: string];

function shopAt(nowMs = Date.now()): ShopInMemory {
  const here = new ShopInMemory();
  here.nowMs = nowMs;
  return here;
}

export async function providerDown(): Promise<Stuck> {
  const here = shopAt();
  here.stripe.before = unanswered;
  return [here, await here.place()];
}

export async function deadLettered(): Promise<Stuck> {
  const [here, orderId] = await providerDown();
  for (let tries = 0; tries < 4; tries += 1) await here.retry();
  return [here, orderId];
}

export async function challenged(): Promise<Stuck> {
  const here = shopAt();
  return [here, await here.place('pm_card_threeDSecure2Required')];
}

export async function queueWithoutConsumer(): Promise<Stuck> {
  const here = shopAt();
  here.deaf.add('inventory');
  return [here, await here.place()];
}

export async function tableMissing(): Promise<Stuck> {
  const here = shopAt();
  here.deaf.add('payment');
  const orderId = await here.place();
  here.drop('payment');
  return [here, orderId];
}

export async function refundRefused(): Promise<Stuck> {
  const here = shopAt();
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
}

/** The schedule comes once a minute at most, so an order may be a little past its deadline. */
export const deadlineIn = (leftMs: number) => async (): Promise<Stuck> => {
  const here = shopAt(Date.now() - DEADLINE_MS + leftMs);
  here.deaf.add('inventory');
  const orderId = await here.place();
  here.nowMs = Date.now();
  return [here, orderId];
};
