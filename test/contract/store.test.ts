import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type IndexQuery,
  type Item,
  MAX_TRANSACTION_ITEMS,
  type Store,
  StoreUnavailableError,
  type Write,
} from '../../engine/batch/store.ts';
import type { Sku } from '../../functions/ids.ts';
import { catalogueEntry } from '../../functions/inventory/table.ts';
import { type Stores, storeKinds } from '../support/contract/stores.ts';

/**
 * Goal: the tables in memory, in which the simulation proves the saga, do what DynamoDB does. Method: the same
 * tests on every one of them; each test uses keys of its own.
 */
const put = (item: Item, expects: Extract<Write, { kind: 'put' }>['expects'] = 'absent'): Write => ({
  kind: 'put',
  item,
  expects,
});
const add = (key: string, delta: number, relyingOn: Record<string, string | number> = {}): Write => ({
  kind: 'add',
  key,
  deltas: { available: delta },
  relyingOn,
});

describe.each(storeKinds)('%s', (_name, begin) => {
  let stores: Stores;
  let store: Store;
  let lastKey = 0;
  const newKey = () => {
    lastKey += 1;
    return `key-${String(lastKey).padStart(4, '0')}`;
  };
  const stored = async (pk: string) => (await store.read([pk])).get(pk);
  const given = async (attributes: Omit<Item, 'pk'> = {}): Promise<Item> => {
    const item = { ...attributes, pk: newKey() };
    expect(await store.write([put(item)])).toEqual({ ok: true });
    return item;
  };

  beforeAll(async () => {
    stores = await begin();
    store = stores.of('order');
  });
  afterAll(() => stores?.end());

  // Fails where a page of an index names one item twice: DynamoDB refuses the whole request.
  test('a key that is asked for twice is read once', async () => {
    const [one, other] = [await given(), await given()];
    expect([...(await store.read([one.pk, other.pk, one.pk])).keys()].toSorted()).toEqual([one.pk, other.pk]);
    expect([...(await store.read([one.pk, one.pk])).values()]).toEqual([one]);
  });

  describe('two counters of one item', () => {
    const take = (key: string, deltas: Record<string, number>): Write => ({
      kind: 'add',
      key,
      deltas,
      relyingOn: {},
    });

    test('change together', async () => {
      const { pk } = await given({ economy: 5, business: 2 });
      expect(await store.write([take(pk, { economy: -3, business: 1 })])).toEqual({ ok: true });
      expect(await stored(pk)).toMatchObject({ economy: 2, business: 3 });
    });

    test('both stay as they are where one of them has too little', async () => {
      const item = await given({ economy: 5, business: 2 });
      const refused = { ok: false, refusals: [{ cause: 'condition', stored: item }] };
      expect(await store.write([take(item.pk, { economy: -1, business: -3 })])).toEqual(refused);
      expect(await store.write([take(item.pk, { economy: -6, business: -1 })])).toEqual(refused);
      expect(await stored(item.pk)).toEqual(item);
    });
  });

  describe('a put', () => {
    test('where there is nothing yet is refused the second time, with what is stored', async () => {
      const item = await given({ status: 'PENDING', version: 1 });
      const other = { ...item, status: 'CONFIRMED' };
      expect(await store.write([put(other)])).toEqual({
        ok: false,
        refusals: [{ cause: 'condition', stored: item }],
      });
      expect(await stored(item.pk)).toEqual(item);
    });

    test('over a version is refused over any other, and where there is nothing', async () => {
      const item = await given({ version: 3 });
      const next = { ...item, version: 4, status: 'CONFIRMED' };
      expect(await store.write([put(next, { version: 2 })])).toEqual({
        ok: false,
        refusals: [{ cause: 'condition', stored: item }],
      });
      expect(await store.write([put(next, { version: 3 })])).toEqual({ ok: true });
      expect(await stored(item.pk)).toEqual(next);
      expect(await store.write([put({ pk: newKey() }, { version: 1 })])).toEqual({
        ok: false,
        refusals: [{ cause: 'condition', stored: undefined }],
      });
    });

    test('over several values is refused where any of them is another', async () => {
      const item = await given({ available: 5, currency: 'EUR', status: 'x' });
      const values = { available: 5, currency: 'EUR' };
      const next = { ...item, available: 1 };
      for (const other of [
        { ...values, available: 4 },
        { ...values, currency: 'USD' },
        { ...values, unit: 1 },
      ])
        expect(await store.write([put(next, other)])).toMatchObject({ ok: false });
      expect(await stored(item.pk)).toEqual(item);
      const besides = { pk: newKey() };
      expect(await store.write([put(next, values), put(besides)])).toEqual({ ok: true });
      expect(await stored(item.pk)).toEqual(next);
      // The second time neither is written.
      expect(await store.write([put(item, { available: 1 }), put(besides)])).toMatchObject({
        refusals: [undefined, { cause: 'condition', stored: besides }],
      });
      expect(await stored(item.pk)).toEqual(next);
    });

    test('over an item without a version is refused', async () => {
      const item = await given({ status: 'PENDING' });
      expect(await store.write([put(item, { version: 1 })])).toMatchObject({ ok: false });
    });

    test('over anything replaces the whole item', async () => {
      const item = await given({ status: 'PENDING', version: 1, note: 'gone' });
      expect(await store.write([put({ pk: item.pk, status: 'NEW' }, 'anything')])).toEqual({ ok: true });
      expect(await stored(item.pk)).toEqual({ pk: item.pk, status: 'NEW' });
      expect(await store.write([put({ pk: newKey() }, 'anything')])).toEqual({ ok: true });
    });

    test('keeps every kind of value, and leaves out what is undefined', async () => {
      const item = await given({
        empty: '',
        text: 'ü€\u{1f4a9}\u0000',
        numbers: [0, -1, 0.1, 1e-7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
        nested: { list: [[], {}, null, true, false], deep: { er: { still: 'here' } } },
        nothing: null,
        absent: undefined,
      });
      const { absent: _, ...rest } = item;
      expect(await stored(item.pk)).toEqual(rest);
    });
  });

  describe('a deletion', () => {
    test('leaves nothing, whether there was something or not', async () => {
      const item = await given({ version: 1 });
      for (let times = 0; times < 2; times += 1) {
        expect(await store.write([{ kind: 'delete', key: item.pk }])).toEqual({ ok: true });
        expect(await stored(item.pk)).toBeUndefined();
      }
    });

    test('that relies on a value is refused if the item has another, or is gone', async () => {
      const item = await given({ version: 1 });
      const gone: Write = { kind: 'delete', key: item.pk, relyingOn: { version: 2 } };
      const refused = { ok: false, refusals: [{ cause: 'condition', stored: item }] };
      expect(await store.write([gone])).toEqual(refused);
      expect(await stored(item.pk)).toEqual(item);
      const right: Write = { ...gone, relyingOn: { version: 1 } };
      expect(await store.write([right])).toEqual({ ok: true });
      expect(await store.write([right])).toMatchObject({ ok: false });
    });

    test('happens with all of its transaction, or not at all', async () => {
      const [one, other] = [await given({ version: 1 }), await given({ version: 1 })];
      const gone: Write = { kind: 'delete', key: one.pk };
      expect(await store.write([gone, put(other)])).toMatchObject({ ok: false });
      expect(await stored(one.pk)).toEqual(one);
      expect(await store.write([gone, put({ ...other, version: 2 }, { version: 1 })])).toEqual({ ok: true });
      expect(await stored(one.pk)).toBeUndefined();
    });
  });

  describe('a counter', () => {
    test('is added to and taken from, down to zero and not below', async () => {
      const item = await given({ available: 5 });
      expect(await store.write([add(item.pk, 2)])).toEqual({ ok: true });
      expect(await store.write([add(item.pk, -7)])).toEqual({ ok: true });
      expect(await store.write([add(item.pk, -1)])).toEqual({
        ok: false,
        refusals: [{ cause: 'condition', stored: { ...item, available: 0 } }],
      });
      expect(await stored(item.pk)).toEqual({ ...item, available: 0 });
    });

    test('of an item that is not there is refused', async () => {
      expect(await store.write([add(newKey(), 1)])).toEqual({
        ok: false,
        refusals: [{ cause: 'condition', stored: undefined }],
      });
    });

    test('that is not there begins at zero, and nothing can be taken from it', async () => {
      const item = await given();
      expect(await store.write([add(item.pk, -1)])).toMatchObject({ ok: false });
      expect(await store.write([add(item.pk, 3)])).toEqual({ ok: true });
      expect(await stored(item.pk)).toEqual({ ...item, available: 3 });
    });

    test.each([
      [{ price: 100, currency: 'EUR' }, true],
      [{ price: 101, currency: 'EUR' }, false],
      [{ price: 100, currency: 'USD' }, false],
      [{ price: '100' }, false],
      [{ tax: 19 }, false],
    ])('is changed relying on %j: %s', async (relyingOn, ok) => {
      const item = await given({ available: 5, price: 100, currency: 'EUR' });
      const refused = { ok: false, refusals: [{ cause: 'condition', stored: item }] };
      expect(await store.write([add(item.pk, -1, relyingOn)])).toEqual(ok ? { ok } : refused);
      expect(await stored(item.pk)).toEqual({ ...item, available: ok ? 4 : 5 });
    });
  });

  describe('a counter that begins with its first change', () => {
    const within = (key: string, delta: number, most: number, more: Partial<Write> = {}): Write =>
      ({
        ...{ kind: 'add', key, deltas: { open: delta }, relyingOn: {}, atMost: { open: most } },
        ...more,
      }) as Write;

    test('is 0 before, also in an item that has others, and is bounded above', async () => {
      for (const pk of [newKey(), (await given({ failures: 1 })).pk]) {
        const others = await stored(pk);
        expect(await store.write([within(pk, 2, 3)])).toEqual({ ok: true });
        expect(await store.write([within(pk, 1, 3)])).toEqual({ ok: true });
        const full = { ...others, pk, open: 3 };
        const refused = { ok: false, refusals: [{ cause: 'condition', stored: full }] };
        expect(await store.write([within(pk, 1, 3)])).toEqual(refused);
        expect(await stored(pk)).toEqual(full);
      }
    });

    test('is not begun with more than there may ever be', async () => {
      const pk = newKey();
      expect(await store.write([within(pk, 4, 3)])).toMatchObject({ ok: false });
      expect(await stored(pk)).toBeUndefined();
    });

    test('is given back to whatever it says, and nothing is asked of it', async () => {
      const pk = newKey();
      const unbounded = Number.POSITIVE_INFINITY;
      expect(await store.write([within(pk, -1, unbounded), put({ pk: newKey() })])).toEqual({ ok: true });
      expect(await store.write([within(pk, 5, unbounded)])).toEqual({ ok: true });
      expect(await store.write([within(pk, -1, 3)])).toEqual({ ok: true });
      expect(await stored(pk)).toEqual({ pk, open: 3 });
    });

    test('is left as it is where another number is only held against its bound', async () => {
      const { pk } = await given({ open: 0, failures: 2 });
      const beside = { deltas: { open: 1, failures: 0 }, atMost: { open: 9, failures: 1 } };
      expect(await store.write([within(pk, 1, 9, beside)])).toMatchObject({ ok: false });
      expect(await stored(pk)).toEqual({ pk, open: 0, failures: 2 });
    });

    test('changes together with numbers that are replaced', async () => {
      const pk = newKey();
      const sets = { failures: 0, failedAtMs: 1_800_000_000_000 };
      expect(await store.write([within(pk, 1, 9, { sets })])).toEqual({ ok: true });
      expect(await store.write([within(pk, 0, 9, { deltas: {}, sets: { failures: 7 } })])).toEqual({
        ok: true,
      });
      expect(await stored(pk)).toEqual({ pk, open: 1, ...sets, failures: 7 });
    });

    test('is changed relying on other numbers of its item', async () => {
      const { pk } = await given({ open: 0, failures: 2 });
      const relying = (failures: number) => within(pk, 1, 9, { relyingOn: { failures } });
      expect(await store.write([relying(1)])).toMatchObject({ ok: false });
      expect(await store.write([relying(2)])).toEqual({ ok: true });
      expect(await store.write([within(newKey(), 1, 9, { relyingOn: { failures: 0 } })])).toMatchObject({
        ok: false,
      });
    });
  });

  describe('a transaction', () => {
    test('is written whole', async () => {
      const counter = await given({ available: 5 });
      const [one, other] = [newKey(), newKey()];
      expect(await store.write([put({ pk: one }), add(counter.pk, -5), put({ pk: other })])).toEqual({
        ok: true,
      });
      const items = await store.read([one, counter.pk, other]);
      expect(items.get(counter.pk)).toEqual({ ...counter, available: 0 });
      expect(items.size).toBe(3);
    });

    test('is refused whole, and says of each write in order what stood against it', async () => {
      const taken = await given({ version: 1 });
      const counter = await given({ available: 1, price: 100 });
      const fine = await given({ available: 1 });
      const [fresh, missing] = [newKey(), newKey()];
      expect(
        await store.write([
          put({ pk: fresh }),
          put({ pk: taken.pk, version: 9 }),
          add(fine.pk, 1),
          add(counter.pk, -2),
          add(missing, 1),
          put({ pk: newKey() }, { version: 1 }),
        ]),
      ).toEqual({
        ok: false,
        refusals: [
          undefined,
          { cause: 'condition', stored: taken },
          undefined,
          { cause: 'condition', stored: counter },
          { cause: 'condition', stored: undefined },
          { cause: 'condition', stored: undefined },
        ],
      });
      const after = await store.read([fresh, taken.pk, fine.pk, counter.pk, missing]);
      expect([...after.values()].toSorted((a, b) => (a.pk < b.pk ? -1 : 1))).toEqual([taken, counter, fine]);
    });

    test(`has at most ${MAX_TRANSACTION_ITEMS} writes, at least one, and no two of one item`, async () => {
      const puts = Array.from({ length: MAX_TRANSACTION_ITEMS + 1 }, () => put({ pk: newKey() }));
      expect(await store.write(puts.slice(1))).toEqual({ ok: true });
      const twice = newKey();
      for (const wrong of [
        puts,
        [],
        [put({ pk: twice }), put({ pk: twice })],
        [put({ pk: twice }), add(twice, 1)],
      ]) {
        const refused = await store.write(wrong).then(String, (error: unknown) => error);
        expect(refused).toBeInstanceOf(Error);
        // Trying again would not help.
        expect(refused).not.toBeInstanceOf(StoreUnavailableError);
      }
      expect(await stored(twice)).toBeUndefined();
    });

    test('meets others that want the same: one creates the item, and no more is taken than there is', async () => {
      const counter = await given({ available: 5 });
      const contested = newKey();
      const attempt = async () => (await store.write([put({ pk: contested })])).ok;
      const takeOne = async () => {
        for (;;) {
          const result = await store.write([add(counter.pk, -1), put({ pk: newKey() })]);
          if (result.ok) return true;
          if (!result.refusals.some((refusal) => refusal?.cause === 'conflict')) return false;
        }
      };
      const created = await Promise.all(Array.from({ length: 8 }, attempt));
      expect(created.filter(Boolean)).toHaveLength(1);
      const took = await Promise.all(Array.from({ length: 8 }, takeOne));
      expect(took.filter(Boolean)).toHaveLength(5);
      expect(await stored(counter.pk)).toEqual({ ...counter, available: 0 });
    });
  });

  describe('a read', () => {
    test('of nothing is nothing', async () => {
      expect(await store.read([])).toEqual(new Map());
      expect(await store.read([newKey()])).toEqual(new Map());
    });

    test('of more than one call of DynamoDB can carry has all that are there', async () => {
      const items = Array.from({ length: 230 }, () => ({ pk: newKey(), available: 1 }));
      for (const from of [0, 100, 200]) {
        await store.write(items.slice(from, from + 100).map((item) => put(item)));
      }
      const absent = Array.from({ length: 20 }, newKey);
      const found = await store.read([...absent, ...items.map(({ pk }) => pk)]);
      expect(found).toEqual(new Map(items.map((item) => [item.pk, item])));
    });

    test('sees what was written just before', async () => {
      const item = await given({ version: 1 });
      for (let version = 1; version <= 20; version += 1) {
        await store.write([put({ ...item, version: version + 1 }, { version })]);
        expect(await stored(item.pk)).toEqual({ ...item, version: version + 1 });
      }
    });
  });

  describe('a scan', () => {
    test('has everything once, in pages of any size, and goes on from any key', async () => {
      const payments = stores.of('payment');
      const items = Array.from({ length: 23 }, (_, version) => ({ pk: newKey(), version }));
      await payments.write(items.map((item) => put(item)));
      for (const limit of [1, 7, 22, 23, 24]) {
        const found: Item[] = [];
        let after: Pick<Item, 'pk'> | undefined;
        do {
          const { entries, next } = await payments.scan(limit, after);
          expect(entries.length).toBeLessThanOrEqual(limit);
          found.push(...entries);
          // The key alone is enough, as it is in a cursor.
          after = next && { pk: next.pk };
        } while (after !== undefined);
        expect(found.toSorted((a, b) => (a.pk < b.pk ? -1 : 1))).toEqual(items);
      }
    });
  });

  describe('an index', () => {
    const all = async (query: Omit<IndexQuery, 'limit'>, limit: number, from: Store = store) => {
      const entries: Item[] = [];
      let after: Item | undefined;
      for (let page = 0; page < 50; page += 1) {
        const answer = await from.query({ ...query, limit, after });
        expect(answer.entries.length).toBeLessThanOrEqual(limit);
        entries.push(...answer.entries);
        if (answer.next === undefined) return entries;
        after = answer.next;
      }
      throw new Error('the pages do not end');
    };
    const byCustomer = (customerId: string) =>
      ({ index: 'by-customer', partition: ['customerId', customerId] }) as const;
    const order = (customerId: string, createdAtMs: number): Item => ({
      pk: newKey(),
      customerId,
      createdAtMs,
      status: 'PENDING',
    });

    test('is read in both directions, in pages of any size, as keys only', async () => {
      // Written in another order than they are read in.
      const times = Array.from({ length: 37 }, (_, index) => ((index * 7) % 37) * 1_000);
      const items = times.map((time) => order('ann', time));
      await store.write(items.map((item) => put(item)));
      const sorted = items
        .toSorted((a, b) => Number(a.createdAtMs) - Number(b.createdAtMs))
        .map(({ pk, customerId, createdAtMs }) => ({ pk, customerId, createdAtMs }));
      for (const limit of [1, 10, 36, 37, 38, 100]) {
        expect(await all(byCustomer('ann'), limit)).toEqual(sorted);
        expect(await all({ ...byCustomer('ann'), newestFirst: true }, limit)).toEqual(sorted.toReversed());
      }
    });

    test('loses nothing and repeats nothing where many have the same place', async () => {
      const items = Array.from({ length: 12 }, (_, index) => order('bob', 1_000 * (index % 3)));
      await store.write(items.map((item) => put(item)));
      for (const newestFirst of [false, true]) {
        const found = await all({ ...byCustomer('bob'), newestFirst }, 5);
        expect(found.map(({ pk }) => pk).toSorted()).toEqual(items.map(({ pk }) => pk));
      }
    });

    test('goes on from a place whose item has gone or never was', async () => {
      const items = [1_000, 2_000, 3_000].map((time) => order('cleo', time));
      await store.write(items.map((item) => put(item)));
      const after = { pk: 'key-0000-never', customerId: 'cleo', createdAtMs: 1_500 };
      const places = async (newestFirst: boolean) =>
        (await store.query({ ...byCustomer('cleo'), newestFirst, limit: 10, after })).entries.map(
          ({ createdAtMs }) => createdAtMs,
        );
      expect(await places(false)).toEqual([2_000, 3_000]);
      expect(await places(true)).toEqual([1_000]);
    });

    test('has only what has its attributes, as they are now', async () => {
      const due = { dueShard: 'due-0', dueEpochSeconds: 100 };
      const waiting = await given({ ...due, version: 1 });
      const ended = await given({ ...due, version: 1 });
      const later = await given({ ...due, dueEpochSeconds: 101, version: 1 });
      await given({ dueShard: 'due-1', dueEpochSeconds: 100 });
      await given({ status: 'ENDED' });
      await store.write([put({ pk: ended.pk, version: 2 }, { version: 1 })]);
      const query = { index: 'due', partition: ['dueShard', 'due-0'] } as const;
      const keys = async (atMost: number) =>
        (await all({ ...query, range: ['dueEpochSeconds', atMost] }, 10)).map(({ pk }) => pk);
      expect(await keys(99)).toEqual([]);
      expect(await keys(100)).toEqual([waiting.pk]);
      expect(await keys(1_000)).toEqual([waiting.pk, later.pk]);
      await store.write([{ kind: 'add', key: waiting.pk, deltas: { dueEpochSeconds: 60 }, relyingOn: {} }]);
      expect(await keys(1_000)).toEqual([later.pk, waiting.pk]);
    });

    test('sorts texts by their bytes', async () => {
      const catalogue = stores.of('inventory');
      const skus = ['mug', 'Mug', 'mug-1', 'mug.1', '0', 'pen', 'Z'];
      await catalogue.write(skus.map((sku) => put(catalogueEntry(sku as Sku))));
      const query = { index: 'catalogue', partition: ['catalogue', 'catalogue'] } as const;
      const found = await all(query, 3, catalogue);
      expect(found.map(({ sku }) => sku)).toEqual(['0', 'Mug', 'Z', 'mug', 'mug-1', 'mug.1', 'pen']);
    });

    test('that is not there is an error', async () => {
      const query = { index: 'by-colour', partition: ['colour', 'red'], limit: 1 } as const;
      await expect(store.query(query)).rejects.toThrow();
    });
  });
});
