import { expect, test } from 'vitest';
import * as z from 'zod';
import type { Participant } from '../../../engine/batch/participant.ts';
import { run } from '../../../engine/batch/run.ts';
import { shop } from '../../../functions/shop.ts';
import { scene } from '../../support/engine-runs.ts';
import { orderIdOf } from '../../support/facts.ts';

interface Seats {
  readonly type: 'sit';
  readonly economy: number;
  readonly business: number;
}

/** A flight whose two classes are counted in one item. It cannot be said what a passenger of no class reads. */
const flight: Participant<{ readonly status: string }, Seats, never> = {
  saga: shop,
  service: 'inventory',
  table: { saga: shop, key: (sagaId) => sagaId, schema: z.object({ status: z.string() }) },
  reads: ({ economy, business }) => {
    if (economy + business === 0) throw new Error('a passenger of no class');
    return ['FLIGHT'];
  },
  decide: (_, { economy, business }) => ({
    kind: 'accept',
    state: { status: 'SEATED' },
    says: [],
    adjusts: [
      { key: 'FLIGHT', attribute: 'economy', delta: -economy },
      { key: 'FLIGHT', attribute: 'business', delta: -business },
    ],
  }),
};

const sit = (order: number, economy: number, business: number) => ({
  sagaId: orderIdOf(order),
  input: { type: 'sit', economy, business } as const,
});

// Fails where what one item loses is summed, whatever it is: two of business and three of economy are five of business.
test('the counters of one item are each summed by themselves', async () => {
  const { store, edges } = scene([{ pk: 'FLIGHT', economy: 20, business: 9 }]);
  await run(flight, [sit(1, 1, 2), sit(2, 3, 0), sit(3, 0, 4)], edges);
  expect(store.items.get('FLIGHT')).toEqual({ pk: 'FLIGHT', economy: 16, business: 3 });
});

// Fails where what a batch reads is asked for outside of each message's own fate: one of them fails the others, for ever.
test('a message of which nobody can tell what it reads fails alone', async () => {
  const { store, edges } = scene([{ pk: 'FLIGHT', economy: 20, business: 9 }]);
  const outcomes = await run(flight, [sit(1, 1, 2), sit(2, 0, 0), sit(3, 0, 4)], edges);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'failed', 'done']);
  expect(store.items.get('FLIGHT')).toEqual({ pk: 'FLIGHT', economy: 19, business: 3 });
});
