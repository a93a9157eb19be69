import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../../engine/batch/store.ts';
import { reservations } from '../../../functions/inventory/table.ts';
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
import { conflict } from '../../support/memory-store.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const keyOfOrder = (order: number) => reservations.key(orderIdOf(order));

describe('a transaction that is refused', () => {
  test('leaves out only the order that was known already, at once', async () => {
    const here = scene([stock('mug', 100)]);
    await reserve([placed(7, 5)], here);
    const [first] = here.publisher.published;
    here.store.writes.length = 0;
    here.store.reads.length = 0;

    const outcomes = await reserve(
      upTo(20).map((order) => placed(order, 5)),
      here,
    );
    expect(outcomes.map(statusOf)).toEqual(Array(20).fill('RESERVED'));
    expect(availableOf(here, 'mug')).toBe(0);
    expect(here.store.writes.map((writes) => writes.length)).toEqual([21, 20]);
    // The refusal brought the stored record along: it is not read a second time.
    expect(here.store.reads).toEqual([['SKU#mug']]);
    expect(here.publisher.published.filter(({ messageId }) => messageId === first?.messageId)).toEqual([
      first,
      first,
    ]);
  });

  test('in the end fails only the order whose record is always contended', async () => {
    const here = scene([stock('mug', 100)]);
    here.store.beforeWrite = (writes) =>
      writes.some((write) => keyOf(write) === keyOfOrder(7))
        ? conflict(writes, (write) => keyOf(write) === keyOfOrder(7))
        : undefined;
    const outcomes = await reserve(
      upTo(20).map((order) => placed(order)),
      here,
    );
    expect(outcomes.map(statusOf)).toEqual(upTo(20).map((order) => (order === 7 ? 'failed' : 'RESERVED')));
    expect(recordOf(here, 7)).toBeUndefined();
    expect(availableOf(here, 'mug')).toBe(81);
    // Three together, then each alone, and the one that is contended twice more.
    expect(here.store.writes.length).toBeLessThanOrEqual(3 + 20 + 2);
  });

  // Fails where one counter that somebody keeps busy holds up whoever shares a batch with it.
  test('because others are busy with one counter holds up nobody who does not need it', async () => {
    const here = scene([stock('mug', 100), stock('pen', 100)]);
    let busy = 4;
    here.store.beforeWrite = (writes) =>
      writes.some((write) => keyOf(write) === 'SKU#pen') && busy-- > 0
        ? conflict(writes, (write) => keyOf(write) === 'SKU#pen')
        : undefined;
    const ends: number[] = [];
    here.store.afterWrite = (writes) => void ends.push(writes.length);
    const outcomes = await reserve(
      upTo(20).map((order) => placed(order, [line(order % 10 === 7 ? 'pen' : 'mug', 1)])),
      here,
    );
    expect(outcomes.map(statusOf)).toEqual(Array(20).fill('RESERVED'));
    // All of the mugs at the second try, with their counter; then the two pens, at last each alone.
    expect(ends).toEqual([19, 2, 2]);
  });

  test('is not tried for ever: at most three times together and three times alone', async () => {
    const here = scene([stock('mug', 100)]);
    here.store.beforeWrite = (writes) => conflict(writes, () => true);
    const outcomes = await reserve(
      upTo(10).map((order) => placed(order)),
      here,
    );
    expect(kindsOf(outcomes)).toEqual(Array(10).fill('failed'));
    expect(here.store.writes.length).toBeLessThanOrEqual(3 + 3 * 10);
    expect(here.publisher.published).toEqual([]);
    expect(availableOf(here, 'mug')).toBe(100);
  });

  test('because somebody else took the stock is decided again on what is left', async () => {
    const here = scene([stock('mug', 5)]);
    here.store.beforeWrite = () => {
      if (here.store.writes.length === 1) here.store.items.set('SKU#mug', stock('mug', 1));
      return undefined;
    };
    const outcomes = await reserve([placed(1, 1), placed(2, 1)], here);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'REJECTED']);
    expect(availableOf(here, 'mug')).toBe(0);
  });

  test('because it lost against another transaction is decided again on what that one left', async () => {
    const here = scene([stock('mug', 5)]);
    here.store.beforeWrite = (writes) => {
      if (here.store.writes.length > 1) return undefined;
      here.store.items.set('SKU#mug', stock('mug', 1));
      return conflict(writes, (write) => keyOf(write) === 'SKU#mug');
    };
    const outcomes = await reserve([placed(1, 1), placed(2, 1)], here);
    expect(outcomes.map(statusOf)).toEqual(['RESERVED', 'REJECTED']);
    expect(here.store.writes).toHaveLength(2);
  });

  test('because the price changed is decided again at the new price', async () => {
    const here = scene([stock('mug', 5, 100)]);
    here.store.beforeWrite = () => {
      if (here.store.writes.length === 1) here.store.items.set('SKU#mug', stock('mug', 5, 120));
      return undefined;
    };
    const outcomes = await reserve([placed(1, 2)], here);
    expect(outcomes).toMatchObject([{ kind: 'done', record: { state: { totalMinor: 240 } } }]);
    expect(here.publisher.published.map(({ body }) => JSON.parse(String(body)).data.amountMinor)).toEqual([
      240,
    ]);
  });

  test('because the record moved on is decided again on the record, not on what was read', async () => {
    const here = scene([stock('mug', 5)]);
    await reserve([placed(1, 2)], here);
    const other = scene([...here.store.items.values()]);
    await reserve([cancelling(1)], other);
    here.store.beforeWrite = () => {
      for (const [key, item] of other.store.items) here.store.items.set(key, item);
      return undefined;
    };
    const outcomes = await reserve([cancelling(1)], here);
    expect(outcomes.map(statusOf)).toEqual(['RELEASED']);
    expect(availableOf(here, 'mug')).toBe(5);
    expect(recordOf(here, 1)).toMatchObject({ version: 2 });
  });

  test('does not make a later order miss stock that only its draft took', async () => {
    const here = scene([stock('mug', 150)]);
    const first = upTo(99).map((order) => placed(order));
    await reserve(first, here);
    const outcomes = await reserve([...first, placed(99)], here);
    expect(statusOf(outcomes[99])).toBe('RESERVED');
  });

  test('or lost does not make a later order miss stock that it may not have taken', async () => {
    const here = scene([stock('mug', 99)]);
    here.store.beforeWrite = () => {
      if (here.store.writes.length === 1) throw new StoreUnavailableError('throttled');
      return undefined;
    };
    const outcomes = await reserve(
      upTo(100).map((order) => placed(order)),
      here,
    );
    expect(outcomes.map(statusOf)).toEqual([...Array(99).fill('failed'), 'RESERVED']);
  });
});

describe('a table that does not answer', () => {
  test.each([
    ['first', 1, (order: number) => order < 99],
    ['second', 2, (order: number) => order >= 99],
  ])('fails the orders of the %s transaction, and no others', async (_which, number, isIn) => {
    const here = scene([stock('mug', 500)]);
    here.store.beforeWrite = () => {
      if (here.store.writes.length === number) throw new StoreUnavailableError('throttled');
      return undefined;
    };
    const outcomes = await reserve(
      upTo(120).map((order) => placed(order)),
      here,
    );
    const done = upTo(120).filter((order) => !isIn(order));
    expect(kindsOf(outcomes)).toEqual(upTo(120).map((order) => (isIn(order) ? 'failed' : 'done')));
    expect(outcomes.find(({ kind }) => kind === 'failed')).toMatchObject({
      error: expect.any(StoreUnavailableError),
    });
    expect(here.publisher.ids).toEqual(done.map((order) => `${orderIdOf(order)}:stock.reserved`));
    expect(here.store.writes).toHaveLength(2);
    expect(availableOf(here, 'mug')).toBe(500 - done.length);
  });

  test('when it is read fails what needed it, and nothing is written or said', async () => {
    const here = scene([stock('mug', 5)]);
    here.store.beforeRead = () => {
      throw new StoreUnavailableError('throttled');
    };
    const outcomes = await reserve([placed(1), placed(2)], here);
    expect(outcomes).toMatchObject(
      Array(2).fill({ kind: 'failed', error: expect.any(StoreUnavailableError) }),
    );
    expect([here.store.writes, here.publisher.published]).toEqual([[], []]);
  });

  test('after it has written leaves it unknown: the message that comes again finds it done', async () => {
    const here = scene([stock('mug', 5)]);
    here.store.afterWrite = () => {
      throw new StoreUnavailableError('timed out');
    };
    expect(kindsOf(await reserve([placed(1, 2), placed(1, 2)], here))).toEqual(['failed', 'done']);
    expect(kindsOf(await reserve([placed(1, 2)], here))).toEqual(['done']);
    expect(availableOf(here, 'mug')).toBe(3);
    expect(recordOf(here, 1)).toMatchObject({ version: 1 });
    expect(here.publisher.ids).toEqual(Array(2).fill(`${orderIdOf(1)}:stock.reserved`));
  });
});

test('a stored record that cannot be read fails its own order only', async () => {
  const here = scene([stock('mug', 5), { pk: keyOfOrder(1), version: 1, state: { status: 'LOST' } }]);
  const outcomes = await reserve([placed(1), placed(2), cancelling(1)], here);
  expect(outcomes.map(statusOf)).toEqual(['failed', 'RESERVED', 'failed']);
  expect(recordOf(here, 1)).toMatchObject({ state: { status: 'LOST' } });
});
