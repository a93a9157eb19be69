import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import type { LedgerReport, OrderReport } from '../../infra/local/payment-sandbox/ledger/ledger-report.ts';
import { type PaymentSandboxOptions, startPaymentSandbox } from '../../infra/local/payment-sandbox/server.ts';
import type { Settings } from '../../infra/local/payment-sandbox/settings.ts';

type Options = Omit<PaymentSandboxOptions, 'port' | 'ledgerFile'>;

/** A payment sandbox in this process, with the clients of a server and of a browser. */
export class SandboxUnderTest {
  readonly #options: Options;
  readonly #folder = mkdtempSync(join(tmpdir(), 'payment-sandbox-'));
  #running: Awaited<ReturnType<typeof startPaymentSandbox>> | undefined;
  #orders = 0;

  constructor(options: Options = {}) {
    this.#options = options;
  }

  async start(): Promise<this> {
    const ledgerFile = join(this.#folder, 'ledger.jsonl');
    this.#running = await startPaymentSandbox({ port: 0, ledgerFile, ...this.#options });
    return this;
  }

  /** The same ledger in another server. */
  async restart(): Promise<void> {
    await this.#running?.close();
    await this.start();
  }

  async end(): Promise<void> {
    await this.#running?.close();
    rmSync(this.#folder, { recursive: true });
  }

  get url(): string {
    if (this.#running === undefined) throw new Error('not started');
    return this.#running.url;
  }

  stripe(key = 'sk_test_orders'): Stripe {
    const { hostname, port } = new URL(this.url);
    const base: Stripe.StripeConfig = { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 };
    return new Stripe(key, { ...base, telemetry: false });
  }

  /** As the product makes one. */
  prepare(
    paymentMethod: string,
    change: Partial<Stripe.PaymentIntentCreateParams> = {},
  ): Promise<Stripe.PaymentIntent> {
    this.#orders += 1;
    return this.stripe().paymentIntents.create({
      amount: 1_250,
      currency: 'eur',
      payment_method: paymentMethod,
      allowed_payment_method_types: ['card'],
      metadata: { orderId: `order-${this.#orders}` },
      ...change,
    });
  }

  async charge(paymentMethod: string): Promise<Stripe.PaymentIntent> {
    const { id } = await this.prepare(paymentMethod);
    return await this.stripe().paymentIntents.confirm(id);
  }

  async set(settings: Partial<Settings>): Promise<void> {
    const body = JSON.stringify(settings);
    const reply = await fetch(`${this.url}/sandbox/settings`, { method: 'PUT', body });
    if (!reply.ok) throw new Error(await reply.text());
  }

  async report(): Promise<LedgerReport> {
    return (await (await fetch(`${this.url}/ledger`)).json()) as LedgerReport;
  }

  async reportOf({ metadata }: Stripe.PaymentIntent): Promise<OrderReport> {
    return (await (await fetch(`${this.url}/ledger?order=${metadata.orderId}`)).json()) as OrderReport;
  }
}

/** Why Stripe refused the call. @throws if it did not */
export async function refusalOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const result = await call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  );
  if (result instanceof Stripe.errors.StripeError) return result;
  throw result;
}
