import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Memory } from '../../../engine/batch/memory.ts';
import {
  availableOf,
  placed,
  recordOf,
  reserve,
  type Scene,
  scene,
  statusOf,
  stock,
} from '../../support/engine-runs.ts';
import { line } from '../../support/facts.ts';

/** A batch that has seen the mugs, and the memory it leaves to the next one. */
async function remembering(available: number) {
  const here = scene([stock('mug', available)]);
  const memory = new Memory();
  await reserve([placed(0)], here, memory);
  here.store.reads.length = 0;
  here.store.writes.length = 0;
  return { here, memory };
}

/** Another environment's work. */
const set = ({ store }: Scene, name: string, available: number, priceMinor?: number) =>
  store.items.set(`SKU#${name}`, stock(name, available, priceMinor));

describe('stock that an earlier batch has seen', () => {
  test('is not read again: an order is one write', async () => {
    const { here, memory } = await remembering(10);
    const outcomes = await reserve([placed(1, 2), placed(2, 3)], here, memory);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'RESERVED']);
    expect([here.store.reads.length, here.store.writes.length]).toEqual([0, 1]);
    expect(availableOf(here, 'mug')).toBe(4);
  });

  test('and of which there is more by now, is read before anybody is rejected', async () => {
    const { here, memory } = await remembering(2);
    set(here, 'mug', 8);
    const outcomes = await reserve([placed(1, 5)], here, memory);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED']);
    expect(here.store.reads).toEqual([['SKU#mug']]);
    expect(availableOf(here, 'mug')).toBe(3);
  });

  test('and of which there is less by now, is not sold twice: the refused write tells what there is', async () => {
    const { here, memory } = await remembering(10);
    set(here, 'mug', 3);
    const outcomes = await reserve([placed(1, 2), placed(2, 2)], here, memory);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'REJECTED']);
    expect([here.store.reads.length, here.store.writes.length]).toEqual([0, 2]);
    expect(availableOf(here, 'mug')).toBe(1);
  });

  test('and which has another price by now, is sold at that price', async () => {
    const { here, memory } = await remembering(10);
    set(here, 'mug', 10, 250);
    await reserve([placed(1, 2)], here, memory);
    expect(recordOf(here, 1)?.record).toContain('"totalMinor":500');
  });

  test('goes to those who came first, by what there is and not by what was seen', async () => {
    const { here, memory } = await remembering(2);
    set(here, 'mug', 3);
    const outcomes = await reserve([placed(1, 3), placed(2, 1)], here, memory);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'REJECTED']);
  });

  test('is read again after a write of which nothing is known', async () => {
    const { here, memory } = await remembering(10);
    here.store.beforeWrite = () => {
      throw new Error('gone');
    };
    await reserve([placed(1)], here, memory);
    here.store.beforeWrite = () => undefined;
    await reserve([placed(2)], here, memory);
    expect(here.store.reads).toEqual([['SKU#mug']]);
  });
});

const SKUS = ['mug', 'pen', 'cap'] as const;

/** What one batch is asked, and what others do to the stock before it. */
const turn = fc.record({
  meanwhile: fc.array(
    fc.record({
      name: fc.constantFrom(...SKUS),
      available: fc.integer({ min: 0, max: 6 }),
      priceMinor: fc.constantFrom(100, 200),
    }),
    { maxLength: 2 },
  ),
  orders: fc.array(
    fc.uniqueArray(fc.tuple(fc.constantFrom(...SKUS, 'ghost'), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 3,
      selector: ([name]) => name,
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

test('with a memory everybody gets what they would get without one, whatever others do meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 6 }), async (turns) => {
      const shop = () => scene(SKUS.map((name) => stock(name, 4)));
      const [fresh, remembered] = [shop(), shop()];
      const memory = new Memory();
      let order = 0;
      for (const { meanwhile, orders } of turns) {
        for (const { name, available, priceMinor } of meanwhile) {
          for (const here of [fresh, remembered]) set(here, name, available, priceMinor);
        }
        const batch = orders.map((lines) => {
          order += 1;
          return placed(
            order,
            lines.map(([name, quantity]) => line(name, quantity)),
          );
        });
        const expected = await reserve(batch, fresh);
        expect((await reserve(batch, remembered, memory)).map(statusOf)).toEqual(expected.map(statusOf));
        expect([...remembered.store.items]).toEqual(expect.arrayContaining([...fresh.store.items]));
      }
      expect(remembered.publisher.published).toEqual(fresh.publisher.published);
    }),
  );
});

test('a memory holds ten thousand items and lets go of the one that was seen longest ago', () => {
  const memory = new Memory();
  for (let index = 0; index < 10_000; index += 1) memory.keep(`SKU#${index}`, stock(`${index}`, 1));
  memory.keep('SKU#0', stock('0', 2));
  memory.keep('SKU#new', stock('new', 1));
  expect(memory.recall('SKU#0')).toMatchObject({ available: 2 });
  expect(memory.recall('SKU#1')).toBeUndefined();
  expect(memory.recall('SKU#2')).toBeDefined();
  expect(memory.recall('SKU#new')).toBeDefined();
});
