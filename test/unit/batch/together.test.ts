import { describe, expect, test } from 'vitest';
import type { Work } from '../../../engine/batch/participant.ts';
import { StoreUnavailableError } from '../../../engine/batch/store.ts';
import { together } from '../../../engine/batch/together.ts';
import type { Command } from '../../../engine/saga/initiator.ts';
import type { Placed } from '../../../functions/order/decide.ts';
import { order } from '../../../functions/order/order.ts';
import { kindsOf, scene } from '../../support/engine-runs.ts';
import { customerId, items, orderIdOf, paymentMethod } from '../../support/facts.ts';

const place = (of: number, fingerprint = 'f'): Work<Command<Placed>> => ({
  sagaId: orderIdOf(of),
  input: { type: 'place', placed: { customerId, items, paymentMethod, fingerprint, createdAtMs: 1 } },
});

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('work that comes at the same time', () => {
  test('is written in few transactions of at most fifty, and each gets its own outcome', async () => {
    const here = scene();
    const run = together(order, here.edges);
    const outcomes = await Promise.all(numbers(200).map((of) => run(place(of))));
    expect(outcomes.map((outcome) => outcome.record?.sagaId)).toEqual(numbers(200).map(orderIdOf));
    expect(here.store.writes.map((writes) => writes.length)).toEqual([1, 1, 50, 50, 50, 48]);
    expect(here.publisher.published).toHaveLength(200);
  });

  test('waits for nobody when nothing is under way', async () => {
    const here = scene();
    const run = together(order, here.edges);
    for (const of of numbers(3)) await run(place(of));
    expect(here.store.writes.map((writes) => writes.length)).toEqual([1, 1, 1]);
  });

  test('never has more than two groups under way', async () => {
    const here = scene();
    let [open, most] = [0, 0];
    here.store.beforeWrite = async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      return undefined;
    };
    const run = together(order, here.edges);
    await Promise.all(numbers(300).map((of) => run(place(of))));
    expect(most).toBe(2);
  });

  test('under one key is one order, and with another body refused, also within one group', async () => {
    const here = scene();
    const run = together(order, here.edges);
    const first = [place(1), place(2)];
    const group = [place(3), place(4, 'f'), place(3), place(4, 'another'), place(5)];
    const outcomes = await Promise.all([...first, ...group].map(run));
    expect(kindsOf(outcomes)).toEqual(['done', 'done', 'done', 'done', 'done', 'refused', 'done']);
    expect(here.store.items.size).toBe(5);
  });

  test('fails together when the table does not answer, and what comes later goes on', async () => {
    const here = scene();
    const run = together(order, here.edges);
    here.store.beforeWrite = () => {
      throw new StoreUnavailableError('gone');
    };
    const failed = await Promise.all(numbers(10).map((of) => run(place(of))));
    expect(new Set(kindsOf(failed))).toEqual(new Set(['failed']));
    here.store.beforeWrite = () => undefined;
    const later = await Promise.all(numbers(10).map((of) => run(place(of))));
    expect(new Set(kindsOf(later))).toEqual(new Set(['done']));
  });
});
