import { fromItem } from '../../engine/batch/record.ts';
import type { Item, TableReader } from '../../engine/batch/store.ts';
import { sinceMs } from '../../engine/saga/since.ts';
import type { Table } from '../../engine/saga/table.ts';
import { reservations } from '../inventory/table.ts';
import { orders } from '../order/table.ts';
import { payments } from '../payment/table.ts';
import type { OrderId } from '../shop.ts';
import type { Facts, OrderFacts, PaymentFacts, ReservationFacts, Sum } from './facts.ts';

/** The services whose records are compared, in the order in which their tables are read. */
export const AUDITED = ['order', 'inventory', 'payment'] as const;
export type Audited = (typeof AUDITED)[number];
export type Tables = Readonly<Record<Audited, TableReader>>;

type Recorded = Pick<Facts, 'order' | 'reservation' | 'payment' | 'unreadable'>;

const tableOf: Readonly<Record<Audited, Pick<Table<never>, 'key'>>> = {
  order: orders,
  inventory: reservations,
  payment: payments,
};

/** What the services have recorded of some orders, each named once. @throws StoreUnavailableError */
export async function readRecords(
  tables: Tables,
  orderIds: readonly string[],
): Promise<(orderId: string) => Recorded> {
  const read = async (service: Audited) =>
    await tables[service].read(orderIds.map((orderId) => keyIn(service, orderId)));
  const [order, inventory, payment] = await Promise.all(AUDITED.map(read));
  return (orderId) => {
    const unreadable: Audited[] = [];
    const factsIn = <F>(service: Audited, items: ReadonlyMap<string, Item> | undefined, of: FactsOf<F>) => {
      const item = items?.get(keyIn(service, orderId));
      try {
        return item && of(item);
      } catch {
        unreadable.push(service);
        return undefined;
      }
    };
    return {
      order: factsIn('order', order, orderFacts),
      reservation: factsIn('inventory', inventory, reservationFacts),
      payment: factsIn('payment', payment, paymentFacts),
      unreadable,
    };
  };
}

type FactsOf<F> = (item: Item) => F;

/** A provider's metadata may name an order that this shop would never name so; no item has such a key. */
const keyIn = (service: Audited, orderId: string): string => tableOf[service].key(orderId as OrderId);

/**
 * The order that an item of a service's table records, and when it was first written; undefined for any other item, such
 * as stock. A record that cannot be read has begun at no known time: it is looked at in every window.
 */
export function begunIn(
  service: Audited,
  item: Item,
): { orderId: string; atMs: number | undefined } | undefined {
  if (typeof item.record !== 'string') return undefined;
  const prefix = keyIn(service, '');
  try {
    const { sagaId, history, updatedAtMs } = fromItem(tableOf[service] as Table<unknown>, item);
    return { orderId: sagaId, atMs: Date.parse(history[0]?.at ?? '') || updatedAtMs };
  } catch {
    return { orderId: item.pk.slice(prefix.length), atMs: undefined };
  }
}

function orderFacts(item: Item): OrderFacts {
  const { state, history, updatedAtMs } = fromItem(orders, item);
  const { status } = state;
  const total = status === 'CONFIRMED' ? sumOf(state.totalMinor, state.currency) : undefined;
  return { status, sinceMs: sinceMs({ history, updatedAtMs }), total };
}

function reservationFacts(item: Item): ReservationFacts {
  const { state, history, updatedAtMs } = fromItem(reservations, item);
  const { status } = state;
  const total = status === 'RESERVED' ? sumOf(state.totalMinor, state.currency) : undefined;
  return { status, sinceMs: sinceMs({ history, updatedAtMs }), total };
}

function paymentFacts(item: Item): PaymentFacts {
  const { state, history, updatedAtMs } = fromItem(payments, item);
  const { status, amountMinor, currency, paymentIntentId } = state;
  return {
    status,
    sinceMs: sinceMs({ history, updatedAtMs }),
    sum: sumOf(amountMinor, currency),
    paymentIntentId: typeof paymentIntentId === 'string' ? paymentIntentId : undefined,
  };
}

const sumOf = (amountMinor: unknown, currency: unknown): Sum | undefined =>
  typeof amountMinor === 'number' && typeof currency === 'string' ? { amountMinor, currency } : undefined;
