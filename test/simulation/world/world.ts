import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../../engine/saga/routes.ts';
import { type Service, shop } from '../../../functions/shop.ts';
import { topologyOf } from '../../../infra/broker/topology.ts';
import { Broker } from './broker.ts';
import { Clock } from './clock.ts';
import { PaymentProvider } from './provider.ts';
import { indexesOf, Table } from './table.ts';

export const retryDelays = parseRetryDelays(DEFAULT_RETRY_DELAYS);
const topology = topologyOf(shop, retryDelays);
export const { bindings } = topology;

/** How long a saga may take before it cancels itself, as in serverless.yml. */
export const DEADLINE_MS = 900_000;
export const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z');

/** Everything outside the functions: three tables, a broker, a payment provider, and the time. */
export class World {
  readonly clock = new Clock(BEGIN_MS);
  readonly tables: Readonly<Record<Service, Table>>;
  readonly broker = new Broker(topology, this.clock);
  readonly provider = new PaymentProvider(this.clock);

  constructor() {
    this.tables = Object.fromEntries(
      shop.services.map((service) => [service, new Table(indexesOf(service))]),
    ) as Record<Service, Table>;
  }
}
