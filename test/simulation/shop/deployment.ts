import { getStock } from '../../../functions/inventory/get-stock.ts';
import { listStock } from '../../../functions/inventory/list-stock.ts';
import { putStock } from '../../../functions/inventory/put-stock.ts';
import { receiveStock } from '../../../functions/inventory/receive-stock.ts';
import { place } from '../../../functions/order/place.ts';
import { paced } from '../../../functions/payment/pace/paced-stripe.ts';
import { Pacer } from '../../../functions/payment/pace/pacer.ts';
import { recallingProvider, stripeProvider } from '../../../functions/payment/provider.ts';
import { RestoredCharges } from '../../../functions/payment/restored.ts';
import type { StripeCalls } from '../../../functions/payment/stripe-calls.ts';
import { webhook } from '../../../functions/payment/webhook.ts';
import { shop } from '../../../functions/shop.ts';
import { type Deployment, deploymentOf } from '../deployment.ts';
import { edgesOf } from '../edges.ts';
import type { Environment } from '../environment.ts';
import { newsFaults } from '../faults.ts';
import { api, http } from '../functions.ts';
import { limitsSince } from '../limits.ts';
import { Random } from '../random.ts';
import type { Simulation } from '../simulation.ts';
import { keptMinor } from '../world/provider.ts';
import { Banks, bankGoals, WEBHOOK_SECRET } from './banks.ts';
import { honestlyServed, SHARE_PERCENT } from './hoarding.ts';
import { attemptOf } from './prying.ts';
import { ShopRules } from './rules.ts';
import { scenarioOf } from './scenarios.ts';
import { stripeOf } from './stripe.ts';
import { workloadOf } from './workload.ts';

/** No limit is known, so that only Stripe's refusals slow it down. */
const pacedIn = (simulation: Simulation, environment: Environment): StripeCalls => {
  const { world, scheduler, seed } = simulation;
  const random = new Random(seed, 23);
  const timing = {
    // It is never set back.
    now: () => world.clock.movedMs,
    after: (delayMs: number, run: () => void) => {
      const { invocation } = environment;
      if (invocation !== undefined) invocation.timers += 1;
      const ring = () => {
        if (invocation !== undefined) invocation.timers -= 1;
        run();
      };
      scheduler.addAfterMs(delayMs, { run: ring });
    },
    random: () => random.fraction(),
  };
  return paced(
    stripeOf(simulation, environment),
    new Pacer({ all: undefined, endpoint: undefined }, timing),
    timing.now,
  );
};

/** As in serverless.yml. */
process.env.MAX_STOCK_SHARE = `${SHARE_PERCENT}%`;

/** The shop: its declaration says who takes part, and here is what else it has. */
const deployed = await deploymentOf(shop, new URL('../../../functions/', import.meta.url), {
  functions: {
    'place-order': http('order', (simulation, environment) =>
      place(edgesOf(simulation, environment), undefined, limitsSince(simulation.seed, simulation.calls)),
    ),
    'put-stock': api('inventory', putStock),
    'receive-stock': api('inventory', receiveStock),
    'get-stock': api('inventory', getStock),
    'list-stock': api('inventory', listStock),
    'stripe-webhook': http('payment', (simulation, environment) => {
      const stripe = pacedIn(simulation, environment);
      const connect = () => stripe;
      const edges = edgesOf(simulation, environment);
      return webhook({ edges, provider: stripeProvider(connect), connect, secret: () => WEBHOOK_SECRET });
    }),
  },
  outsides: {
    payment: {
      connect: (simulation, environment) => {
        const stripe = pacedIn(simulation, environment);
        const { restoredSinceMs } = simulation.world;
        if (restoredSinceMs === undefined) return stripeProvider(() => stripe);
        const charges = new RestoredCharges(() => stripe, restoredSinceMs);
        return recallingProvider(() => stripe, charges);
      },
      holding: ({ provider }, orderId) => {
        const account = provider.account(orderId);
        return {
          effects: account?.capturesMinor.length ?? 0,
          isHeld: provider.isUnsure(orderId) ? undefined : keptMinor(account) !== 0,
          wasUndecided: provider.isUnsure(orderId),
        };
      },
      known: ({ provider }) => [...provider.accounts],
      calls: ['create', 'confirm', 'retrieve', 'withdraw', 'refund', 'refunds', 'disputes'],
    },
  },
});

export const deployment: Deployment = {
  ...deployed,
  workloadOf,
  scenarioOf,
  rulesOf: (world, seed, coverage) => new ShopRules(world, seed, coverage),
  aside: (simulation, lambda, { hasNews = false }) => new Banks(simulation, lambda, hasNews),
  desk: {
    shows: ['items'],
    tells: ['status', 'totalMinor', 'currency', 'reason'],
    remains: ['status', 'totalMinor', 'currency'],
    private: ['paymentMethod'],
    attempt: attemptOf,
  },
  crashed: {
    scenarios: ['happy', 'out-of-stock', 'declined', 'challenged'],
    singly: ['cancel-challenged'],
    cancelled: [
      ['challenged', 'cancel-challenged'],
      ['happy', 'cancel'],
      ['declined', 'cancel-declined'],
    ],
  },
  goals: [
    ...['order CANCELLED OUT_OF_STOCK', 'order CANCELLED UNKNOWN_SKU', 'order CANCELLED PAYMENT_DECLINED'],
    'group refused: too large',
    ...['order CANCELLED QUANTITY_LIMIT', '429 for a customer', 'a hoarder told to come later'],
    ...newsFaults,
    ...bankGoals,
  ],
  shares: [honestlyServed],
};
