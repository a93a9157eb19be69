import type { Edges } from '../../engine/batch/edges.ts';
import type { Memory } from '../../engine/batch/memory.ts';
import type { Work } from '../../engine/batch/participant.ts';
import { type Outcome, run } from '../../engine/batch/run.ts';
import type { Item } from '../../engine/batch/store.ts';
import type { Line } from '../../functions/events.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { reservations } from '../../functions/inventory/table.ts';
import type { Fact } from '../../functions/shop.ts';
import { customerId, facts, line, orderIdOf, paymentMethod } from './facts.ts';
import { MemoryStore } from './memory-store.ts';
import { RecordingPublisher } from './recording-publisher.ts';

export interface Scene {
  readonly store: MemoryStore;
  readonly publisher: RecordingPublisher;
  readonly edges: Edges;
}

/** A table and a broker for one test. Time stands still unless the test moves it. */
export function scene(items: readonly Item[] = [], now: () => number = () => 1_800_000_000_000): Scene {
  const store = new MemoryStore(items);
  const publisher = new RecordingPublisher();
  return { store, publisher, edges: { store, publisher, now, userOf: (service) => service } };
}

export const stock = (name: string, available: number, unitPriceMinor = 100): Item => ({
  pk: `SKU#${name}`,
  sku: name,
  available,
  unitPriceMinor,
  currency: 'EUR',
  stocktakenAt: '2026-01-01T00:00:00.000Z',
});

export const work = (order: number, input: Fact): Work<Fact> => ({ sagaId: orderIdOf(order), input });

/** An order of some mugs, or of the given lines. */
export const placed = (order: number, lines: number | readonly Line[] = 1): Work<Fact> =>
  work(order, {
    type: 'order.placed',
    data: { customerId, paymentMethod, items: typeof lines === 'number' ? [line('mug', lines)] : lines },
  });

export const cancelling = (order: number): Work<Fact> => work(order, facts['order.cancelling']);

export const reserve = (batch: readonly Work<Fact>[], { edges }: Scene, memory?: Memory) =>
  run(inventory, batch, edges, memory);

export const statusOf = (outcome: Outcome<{ readonly status: string }> | undefined): string =>
  outcome?.kind === 'done' ? outcome.record.state.status : (outcome?.kind ?? 'nothing');

export const kindsOf = (outcomes: readonly Outcome<unknown>[]): readonly string[] =>
  outcomes.map(({ kind }) => kind);

export const recordOf = ({ store }: Scene, order: number): Item | undefined =>
  store.items.get(reservations.key(orderIdOf(order)));

export const availableOf = ({ store }: Scene, name: string): unknown =>
  store.items.get(`SKU#${name}`)?.available;
