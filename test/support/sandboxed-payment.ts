import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { OrderReport } from '../../infra/local/payment-sandbox/ledger/ledger-report.ts';
import { orderIdOf } from './facts.ts';
import { catchLog, type Line } from './logged.ts';
import { SandboxUnderTest } from './payment-sandbox.ts';
import { PaymentService } from './payment-service.ts';

/** The payment service with Stripe's own client and the payment sandbox, and what customers, banks and people do there. */
export class SandboxedPayment extends PaymentService<SandboxUnderTest> {
  /** Charges an order, and its bank takes the charge back. */
  async disputed(order: number): Promise<void> {
    await this.reserved(order, 'pm_card_createDispute');
    const find = () => this.outside.stripe().disputes.list({ payment_intent: this.intentOf(order) });
    await vi.waitUntil(async () => (await find()).data.length > 0);
  }

  /** Cancels an order whose charge Stripe will not give back. */
  async stuck(order: number): Promise<void> {
    await this.disputed(order);
    await this.cancelling(order);
  }

  /** The money, as Stripe has it. */
  async ledgerOf(order: number): Promise<OrderReport> {
    const reply = await fetch(`${this.outside.url}/ledger?order=${orderIdOf(order)}`);
    return (await reply.json()) as OrderReport;
  }

  /** The customer answers the challenge of the bank. */
  async challenge(order: number, outcome: 'approve' | 'fail'): Promise<void> {
    const { clientSecret } = (this.stateOf(order)?.action ?? {}) as { readonly clientSecret?: string };
    if (clientSecret === undefined) throw new Error(`it is ${this.stateOf(order)?.status}`);
    const body = new URLSearchParams({ client_secret: clientSecret, outcome });
    const reply = await fetch(`${this.outside.url}/challenge`, { method: 'POST', body });
    if (!reply.ok) throw new Error(await reply.text());
  }

  /** A person gives money back at Stripe's dashboard, which names no order. */
  refundByHand(order: number, amount?: number): Promise<Stripe.Refund> {
    const refund = { payment_intent: this.intentOf(order), ...(amount === undefined ? {} : { amount }) };
    return this.outside.stripe().refunds.create(refund);
  }
}

/** What each test begins with: a service that knows no order, and the lines that it will have logged. */
export interface Fresh {
  readonly service: SandboxedPayment;
  readonly logged: readonly Line[];
}

/** Starts a sandbox for the tests of a file, and gives each of them a service of its own. */
export function atSandbox(begin: (fresh: Fresh) => void): void {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => {
    sandbox = await new SandboxUnderTest({ settings: { settleMs: 0 } }).start();
  });
  afterAll(() => sandbox.end());
  beforeEach(() => begin({ service: new SandboxedPayment(sandbox), logged: catchLog() }));
  afterEach(() => {
    vi.restoreAllMocks();
  });
}
