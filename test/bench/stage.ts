import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENT, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { freePorts, type Ports } from '../../infra/local/ports.ts';
import type { StopRequest } from '../../infra/local/stop-request.ts';
import { inParallel } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';
import { productsOf } from './assortment.ts';
import { CUSTOMERS, Customers } from './customer.ts';
import { Outcomes } from './outcomes.ts';

/** A system of its own with a full shelf, people who buy, and somebody who hears how it ends. */
export interface Stage {
  readonly world: World;
  readonly outcomes: Outcomes;
  readonly customer: Customers;
  /** Says what the order service would say, for those that measure without it. */
  readonly publisher: RabbitPublisher;
  readonly dataDir: string;
  /** Numbers the orders of all measurements, so that none is placed twice. */
  readonly number: () => number;
  /** Every order that was accepted, and whether its payment is to be declined. */
  readonly placed: Map<string, boolean>;
  /** Parts that ended although nobody had touched them. */
  readonly failures: string[];
  end(): Promise<void>;
}

export interface StageOptions {
  readonly skus: number;
  readonly report: (line: string) => void;
  readonly requests: StopRequest;
  readonly ports?: Ports;
  /** Further variables for the functions; `world.system` keeps the addresses that they replace. */
  readonly environment?: Readonly<Record<string, string>>;
}

const stockers = 16;

export async function setStage(options: StageOptions): Promise<Stage> {
  const { skus, report, requests } = options;
  const { QUEUE_SHARDS } = process.env;
  // Stripe's news is not what is measured.
  const measured = { STRIPE_WEBHOOK_URL: '', ...(QUEUE_SHARDS ? { QUEUE_SHARDS } : {}) };
  const environment = { ...measured, ...options.environment };
  // A broker or database that the shell names is somebody's, and may be far away.
  delete process.env.RABBITMQ_URL;
  delete process.env.DYNAMODB_ENDPOINT;
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-bench-'));
  const failures: string[] = [];
  const closers = [async () => rmSync(dataDir, { recursive: true, force: true })];
  const end = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const ports = options.ports ?? (await freePorts());
    const started = await startWorld(environment, {
      dataDir,
      ports,
      report,
      stopSignal: requests.stop,
      killSignal: requests.kill,
      onUnexpectedEnd: ({ part, how, lastLines }) =>
        failures.push(`${part.title} ended (${how}): ${lastLines}`),
    });
    closers.push(() => started.system.stop());
    const urls = { ...started.system.urls, dynamodb: `http://127.0.0.1:${ports.dynamodb}` };
    const world = { ...started, system: { ...started.system, urls } };
    await inParallel(productsOf(skus), stockers, (product) => world.stock(product));
    const outcomes = await Outcomes.listen(world.system.urls.rabbitmq);
    closers.push(() => outcomes.close());
    const names = Array.from({ length: CUSTOMERS }, (_, index) => `bench-${index}`);
    const sign = (name: string) => world.system.signToken({ role: 'customer', name });
    const customer = new Customers(world.system.urls.api, await inParallel(names, stockers, sign));
    closers.push(async () => customer.close());
    const url = async () => orderServicesUrl(world);
    const publisher = new RabbitPublisher({ url, name: 'bench', patience: PATIENT });
    let orders = 0;
    const number = () => orders++;
    return { world, outcomes, customer, publisher, dataDir, number, placed: new Map(), failures, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** An event counts only as its publisher's, so who announces an order does it as the order service's own user. */
function orderServicesUrl({ system }: World): string {
  const url = new URL(system.urls.rabbitmq);
  const password = system.environment.BROKER_PASSWORD;
  if (password) Object.assign(url, { username: 'order', password });
  return url.href;
}
