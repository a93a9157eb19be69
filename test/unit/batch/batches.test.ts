import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TRANSACTION_ITEMS } from '../../../engine/batch/store.ts';
import { keyOf } from '../../simulation/world/table.ts';
import {
  availableOf,
  cancelling,
  kindsOf,
  placed,
  recordOf,
  reserve,
  scene,
  statusOf,
  stock,
} from '../../support/engine-runs.ts';
import { line, orderIdOf } from '../../support/facts.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a batch is committed together', () => {
  test('fifty orders of one hot SKU are one read and one write, with its decrements summed', async () => {
    const here = scene([stock('mug', 500)]);
    const outcomes = await reserve(
      upTo(50).map((order) => placed(order, 2)),
      here,
    );
    expect(new Set(outcomes.map(statusOf))).toEqual(new Set(['RESERVED']));
    expect(here.store.reads).toEqual([['SKU#mug']]);
    expect(here.store.writes).toHaveLength(1);
    expect(here.store.writes[0]).toHaveLength(51);
    expect(here.store.writes[0]?.filter(({ kind }) => kind === 'add')).toEqual([
      expect.objectContaining({
        key: 'SKU#mug',
        deltas: { available: -100 },
        relyingOn: { unitPriceMinor: 100, currency: 'EUR' },
      }),
    ]);
    expect(availableOf(here, 'mug')).toBe(400);
  });

  test('what does not fit into one transaction is cut between orders, never through one', async () => {
    const here = scene([stock('mug', 500), stock('pen', 500)]);
    const outcomes = await reserve(
      upTo(250).map((order) => placed(order, [line(order % 2 === 0 ? 'mug' : 'pen', 1)])),
      here,
    );
    expect(kindsOf(outcomes)).toEqual(upTo(250).map(() => 'done'));
    expect(here.store.writes.map((writes) => writes.length)).toEqual([100, 100, 56]);
    expect([availableOf(here, 'mug'), availableOf(here, 'pen')]).toEqual([375, 375]);
  });

  test('stock is conserved and each transaction is one, whatever is ordered', async () => {
    const skus = upTo(60).map((index) => `sku-${index}`);
    const order = fc.uniqueArray(fc.tuple(fc.constantFrom(...skus), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 50,
      selector: ([name]) => name,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 20 }), async (orders) => {
        const here = scene(skus.map((name) => stock(name, 12)));
        const outcomes = await reserve(
          orders.map((lines, index) =>
            placed(
              index,
              lines.map(([name, quantity]) => line(name, quantity)),
            ),
          ),
          here,
        );
        expect(kindsOf(outcomes)).toEqual(orders.map(() => 'done'));
        for (const name of skus) {
          const held = orders
            .filter((_, index) => statusOf(outcomes[index]) === 'RESERVED')
            .flatMap((lines) => lines.filter(([each]) => each === name).map(([, quantity]) => quantity));
          expect(availableOf(here, name)).toBe(12 - held.reduce((sum, quantity) => sum + quantity, 0));
          expect(availableOf(here, name)).toBeGreaterThanOrEqual(0);
        }
        for (const writes of here.store.writes) {
          expect(writes.length).toBeLessThanOrEqual(MAX_TRANSACTION_ITEMS);
          expect(new Set(writes.map(keyOf)).size).toBe(writes.length);
        }
      }),
    );
  });
});

describe('stock that covers only a part of a batch', () => {
  test('goes to those who came first', async () => {
    const here = scene([stock('mug', 5)]);
    const outcomes = await reserve(
      upTo(8).map((order) => placed(order)),
      here,
    );
    expect(outcomes.map(statusOf)).toEqual([...Array(5).fill('RESERVED'), ...Array(3).fill('REJECTED')]);
    expect(here.store.writes).toHaveLength(1);
    expect(availableOf(here, 'mug')).toBe(0);
  });

  test('still serves a smaller order that comes after one that is too large', async () => {
    const here = scene([stock('mug', 5)]);
    const outcomes = await reserve([placed(1, 3), placed(2, 3), placed(3, 2)], here);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'REJECTED', 'RESERVED']);
    expect(availableOf(here, 'mug')).toBe(0);
  });

  test('includes what an earlier message of the batch gives back', async () => {
    const here = scene([stock('mug', 3)]);
    await reserve([placed(1, 3)], here);
    const outcomes = await reserve([cancelling(1), placed(2, 3)], here);
    expect(outcomes.map(statusOf)).toEqual(['RELEASED', 'RESERVED']);
    expect(availableOf(here, 'mug')).toBe(0);
  });
});

describe('messages of one order in one batch', () => {
  test('are handled in the order they came in: placed, then cancelled', async () => {
    const here = scene([stock('mug', 5)]);
    const outcomes = await reserve([placed(1, 3), placed(2, 1), cancelling(1)], here);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'RESERVED', 'RELEASED']);
    expect(availableOf(here, 'mug')).toBe(4);
    expect(here.publisher.ids.filter((id) => id.startsWith(orderIdOf(1)))).toEqual([
      `${orderIdOf(1)}:stock.reserved`,
      `${orderIdOf(1)}:stock.released`,
    ]);
  });

  test('are handled in the order they came in: cancelled, then placed', async () => {
    const here = scene([stock('mug', 5)]);
    const outcomes = await reserve([cancelling(1), placed(1, 3)], here);
    expect(outcomes.map(statusOf)).toEqual(['RELEASED', 'RELEASED']);
    expect(availableOf(here, 'mug')).toBe(5);
    expect(here.publisher.ids).toEqual(Array(2).fill(`${orderIdOf(1)}:stock.released`));
  });

  test('that are duplicates are carried out once, and answered with the same body under the same id', async () => {
    const here = scene([stock('mug', 5)]);
    const outcomes = await reserve([placed(1, 2), placed(1, 2), placed(1, 2)], here);
    expect(outcomes.map(statusOf)).toEqual(Array(3).fill('RESERVED'));
    expect(availableOf(here, 'mug')).toBe(3);
    expect(recordOf(here, 1)).toMatchObject({ version: 1 });
    const [first] = here.publisher.published;
    expect(here.publisher.published).toEqual([first, first, first]);
  });
});

test('an empty batch asks nothing of anybody', async () => {
  const here = scene();
  expect(await reserve([], here)).toEqual([]);
  expect([here.store.reads, here.store.writes, here.publisher.published]).toEqual([[], [], []]);
});
