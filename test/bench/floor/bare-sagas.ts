import { randomBytes } from 'node:crypto';
import Stripe from 'stripe';
import type { Item, Store, Write } from '../../../engine/batch/store.ts';
import { DynamoStore } from '../../../engine/dynamodb/dynamo-store.ts';
import { dynamoDbClient } from '../../../engine/dynamodb/dynamodb-client.ts';
import { dueShards, NUDGE_AFTER_SECONDS } from '../../../engine/saga/initiator-table.ts';
import { Sku } from '../../../functions/ids.ts';
import { stockKey } from '../../../functions/inventory/decide.ts';
import { reservations } from '../../../functions/inventory/table.ts';
import { orders } from '../../../functions/order/table.ts';
import type { Provider } from '../../../functions/payment/decide.ts';
import { stripeProvider } from '../../../functions/payment/provider.ts';
import { payments } from '../../../functions/payment/table.ts';
import { OrderId } from '../../../functions/shop.ts';
import { type Assortment, basketOf } from '../assortment.ts';
import { buying } from '../buying.ts';
import type { Stage } from '../stage.ts';
import { Hops } from './hops.ts';

const tables = { order: orders, inventory: reservations, payment: payments };

/** The services whose steps are played. */
type Played = keyof typeof tables;
type ByService<T> = Readonly<Record<Played, T>>;

/** A reservation and two SKUs for each: no more fit into one transaction of a hundred. */
const mostReserved = 33;
const amount = {
  lines: [{ sku: Sku.parse('mug'), quantity: 1, unitPriceMinor: 1_000 }],
  amountMinor: 1_000,
  currency: 'EUR',
} as const;

/**
 * The calls, writes, messages and charges of confirmed sagas, by the clients that the functions use and in groups as large
 * as theirs, and nothing else: no gateway, no Lambda, no event source, nothing decided, parsed or checked. Records and
 * messages are as large as those of a real saga once it has ended, whose copies they are.
 */
export class BareSagas {
  readonly #stores: ByService<Store>;
  readonly #sample: ByService<Item>;
  readonly #hops: Hops;
  readonly #provider: Provider;
  readonly #assortment: Assortment;
  #count = 0;

  private constructor(options: {
    readonly stores: ByService<Store>;
    readonly sample: ByService<Item>;
    readonly hops: Hops;
    readonly provider: Provider;
    readonly assortment: Assortment;
  }) {
    this.#stores = options.stores;
    this.#sample = options.sample;
    this.#hops = options.hops;
    this.#provider = options.provider;
    this.#assortment = options.assortment;
  }

  /** Plays one saga through the whole system, to have something to copy. */
  static async like(stage: Stage, assortment: Assortment): Promise<BareSagas> {
    const { urls, environment } = stage.world.system;
    const client = dynamoDbClient({
      endpoint: urls.dynamodb,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const store = (table: string | undefined): Store => new DynamoStore(client, String(table));
    const stores = {
      order: store(environment.ORDER_TABLE),
      inventory: store(environment.INVENTORY_TABLE),
      payment: store(environment.PAYMENT_TABLE),
    };
    await buying(stage, assortment)(0);
    const [orderId = ''] = stage.placed.keys();
    const recordOf = async (service: Played) => {
      const key = tables[service].key(OrderId.parse(orderId));
      const item = (await stores[service].read([key])).get(key);
      if (item === undefined) throw new Error(`${service} has no record of ${orderId}`);
      return item;
    };
    const sample = {
      order: await recordOf('order'),
      inventory: await recordOf('inventory'),
      payment: await recordOf('payment'),
    };
    const { hostname, port } = new URL(urls.payments);
    const stripe = new Stripe('sk_test_local', {
      ...{ host: hostname, port, protocol: 'http' },
      ...{ maxNetworkRetries: 0, telemetry: false },
    });
    const hops = await Hops.on(urls.rabbitmq);
    return new BareSagas({ stores, sample, hops, provider: stripeProvider(() => stripe), assortment });
  }

  /** Runs so many sagas together, each step of all of them before the next one. */
  async group(size: number): Promise<void> {
    const ids = Array.from({ length: size }, () =>
      OrderId.parse(`ord_${randomBytes(18).toString('base64url')}`),
    );
    const nowMs = Date.now();
    const placed = { createdAtMs: nowMs };
    await this.#begin('order', ids, { ...placed, ...waitingSince(nowMs) });
    await this.#say('order', ids, 'placed');
    for (let from = 0; from < size; from += mostReserved)
      await this.#begin('inventory', ids.slice(from, from + mostReserved), {}, this.#sales(mostReserved));
    await this.#say('inventory', ids, 'reserved');
    await this.#begin('payment', ids);
    await Promise.all(
      ids.map(async (id) => {
        const request = { ...amount, paymentMethod: 'pm_card_visa' };
        const answer = await this.#provider.prepare(id, request);
        if ('prepared' in answer) await this.#provider.call(id, { ...request, ...answer.prepared }, false);
      }),
    );
    await this.#end('payment', ids);
    await this.#say('payment', ids, 'captured');
    await this.#stores.order.read(ids.map((id) => tables.order.key(id)));
    await this.#end('order', ids, placed);
    await this.#hops.announce(messageIds(ids, 'confirmed'), this.#body('order'));
  }

  async close(): Promise<void> {
    await this.#hops.close();
  }

  #say(as: Played, ids: readonly OrderId[], what: string): Promise<void> {
    return this.#hops.carry(messageIds(ids, what), this.#body(as));
  }

  /** The last that the sampled saga has said as this service. */
  #body(service: Played): string {
    return this.#sample[service].outbox as string;
  }

  #begin(service: Played, ids: readonly OrderId[], also: object = {}, sales: readonly Write[] = []) {
    const puts = ids.map((id) => this.#put(service, id, { ...also, version: 1 }, 'absent'));
    return this.#write(service, [...puts, ...sales]);
  }

  #end(service: Played, ids: readonly OrderId[], also: object = {}) {
    return this.#write(
      service,
      ids.map((id) => this.#put(service, id, { ...also, version: 2 }, { version: 1 })),
    );
  }

  #put(
    service: Played,
    orderId: OrderId,
    also: object,
    expects: 'absent' | { readonly version: number },
  ): Write {
    const item = { ...this.#sample[service], ...also, pk: tables[service].key(orderId) };
    return { kind: 'put', item, expects };
  }

  async #write(service: Played, writes: readonly Write[]): Promise<void> {
    const { ok } = await this.#stores[service].write(writes);
    if (!ok) throw new Error(`${service} refused a write that always can be done`);
  }

  /** Each SKU once, however many of the group buy it. */
  #sales(size: number): readonly Write[] {
    const sums = new Map<string, number>();
    for (let turn = 0; turn < size; turn += 1) {
      for (const { sku, quantity } of basketOf(this.#count++, this.#assortment).items)
        sums.set(sku, (sums.get(sku) ?? 0) - quantity);
    }
    return [...sums].map(([sku, delta]) => ({
      ...{ kind: 'add', key: stockKey(sku as never), deltas: { available: delta }, relyingOn: {} },
    }));
  }
}

/** What waits for something is in an index too. */
const waitingSince = (nowMs: number) => ({
  dueShard: dueShards[nowMs % dueShards.length],
  dueEpochSeconds: Math.ceil(nowMs / 1_000) + NUDGE_AFTER_SECONDS,
});

const messageIds = (ids: readonly OrderId[], what: string) => ids.map((id) => `${id}:${what}`);
