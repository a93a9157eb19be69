import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Stripe from 'stripe';
import type { Provider } from '../../../functions/payment/decide.ts';
import { stripeProvider } from '../../../functions/payment/provider.ts';
import type { StripeCalls } from '../../../functions/payment/stripe-client.ts';
import type { OrderId } from '../../../functions/shop.ts';
import { startPaymentSandbox } from '../../../infra/local/payment-sandbox/server.ts';
import type { Fault, FaultPlan } from '../../simulation/faults.ts';
import { deployment } from '../../simulation/shop/deployment.ts';
import { stripeOf } from '../../simulation/shop/stripe.ts';
import { Simulation } from '../../simulation/simulation.ts';
import { keptMinor } from '../../simulation/world/provider.ts';
import { World } from '../../simulation/world/world.ts';

/** The fault of the next charge: made but never answered, or refused with nothing done. */
export type Trouble = 'answer-lost' | 'unavailable';

export interface ProviderUnderTest {
  readonly provider: Provider;
  /** A payment method whose next charge has that fault, and the one after it has not. */
  methodWith(trouble: Trouble): string;
  /** Refunds a part of a charge. */
  refundPart(orderId: OrderId, paymentIntentId: string, amountMinor: number): Promise<void>;
  ledger(orderId: OrderId): Promise<{ captures: number; refunds: number; keptMinor: number }>;
  end(): Promise<void>;
}

const refundPartOver =
  (stripe: StripeCalls): ProviderUnderTest['refundPart'] =>
  async (orderId, paymentIntentId, amount) => {
    await stripe.refunds.create({ payment_intent: paymentIntentId, amount, metadata: { orderId } });
  };

/** Short, because some of the sandbox's answers never come. */
const TIMEOUT_MS = 2_000;

async function sandboxed(): Promise<ProviderUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-contract-'));
  const sandbox = await startPaymentSandbox({ port: 0, ledgerFile: join(dataDir, 'ledger.jsonl') });
  const { hostname, port } = new URL(sandbox.url);
  const options = { host: hostname, port, protocol: 'http', timeout: TIMEOUT_MS } as const;
  const stripe = new Stripe('sk_test_contract', { ...options, maxNetworkRetries: 0, telemetry: false });
  return {
    provider: stripeProvider(() => stripe),
    methodWith: (trouble) =>
      trouble === 'answer-lost' ? 'pm_sandbox_timeoutAfterCharge' : 'pm_sandbox_unavailableTwice',
    refundPart: refundPartOver(stripe),
    ledger: async (orderId) => {
      const reply = await fetch(`${sandbox.url}/ledger?order=${orderId}`);
      return (await reply.json()) as Awaited<ReturnType<ProviderUnderTest['ledger']>>;
    },
    end: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The simulation, with a plan of only the next fault and a scheduler that runs every task at once. */
async function simulated(): Promise<ProviderUnderTest> {
  let pending: Fault | undefined;
  const plan: FaultPlan = {
    happened: [],
    next: (_at, possible, site) => {
      if (pending === undefined || !possible.includes(pending) || site !== 'payment.confirm')
        return undefined;
      const fault = pending;
      pending = undefined;
      return fault;
    },
  };
  const simulation = new Simulation({
    world: new World(deployment.cast),
    seed: 1,
    plan,
    order: 'arrival',
    isTraced: false,
  });
  const { world, scheduler } = simulation;
  const invocation = simulation.begin('contract', 'payment', [], () => {});
  const stripe = stripeOf(simulation, { service: 'payment', skewMs: 0, invocation });
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    while (!isSettled) {
      scheduler.take([])?.run();
      await setImmediate();
    }
    return await promise;
  };
  const provider = stripeProvider(() => stripe);
  const refundPart = refundPartOver(stripe);
  return {
    provider: {
      prepare: (...asked) => settled(provider.prepare(...asked)),
      call: (...asked) => settled(provider.call(...asked)),
      undo: (...asked) => settled(provider.undo(...asked)),
      observe: (...asked) => settled(provider.observe(...asked)),
    },
    methodWith: (trouble) => {
      pending = trouble;
      return 'pm_card_visa';
    },
    refundPart: (...part) => settled(refundPart(...part)),
    ledger: async (orderId) => {
      const account = world.provider.account(orderId);
      return {
        captures: account?.capturesMinor.length ?? 0,
        refunds: account?.refundsMinor.length ?? 0,
        keptMinor: keptMinor(account),
      };
    },
    end: async () => {},
  };
}

/** Every implementation of the payment provider. The first is the sandbox, which speaks Stripe's protocol. */
export const providerKinds: readonly (readonly [name: string, begin: () => Promise<ProviderUnderTest>])[] = [
  ['the payment sandbox', sandboxed],
  ['the simulation’s provider', simulated],
];
