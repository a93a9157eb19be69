import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromItem } from '../../../engine/batch/record.ts';
import { run } from '../../../engine/batch/run.ts';
import type { Item } from '../../../engine/batch/store.ts';
import { erasing } from '../../../engine/privacy/erase.ts';
import type { Keeper, Keepers } from '../../../engine/privacy/keepers.ts';
import { retaining } from '../../../engine/privacy/retain.ts';
import { CallerId, type SagaId } from '../../../engine/saga/ids.ts';
import { order } from '../../../functions/order/order.ts';
import { tables } from '../../../functions/privacy/tables.ts';
import { shop } from '../../../functions/shop.ts';
import { orderIdOf } from '../../support/facts.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { RecordingPublisher } from '../../support/recording-publisher.ts';

/** Goal: what has ended is forgotten and nothing else is. The simulation does the same among faults. */
type Service = 'order' | 'inventory' | 'payment';
const DAY_MS = 24 * 3_600_000;
const ENDED_MS = Date.parse('2026-01-01T00:00:00Z');
const lines = [{ sku: 'mug', quantity: 2, unitPriceMinor: 1_290 }];
const money = { amountMinor: 2_580, currency: 'EUR' };

const recordOf = (service: Service, sagaId: SagaId, state: object, version = 2): Item => {
  const { status } = state as { readonly status: string };
  const history = [{ at: new Date(ENDED_MS).toISOString(), status, because: 'payment.captured' }];
  return {
    pk: tables[service].key(sagaId),
    status,
    ...(service === 'order' ? { customerId: 'alice', createdAtMs: 7 } : {}),
    version,
    outbox: '{"type":"order.confirmed","data":{"customerId":"alice"}}',
    record: JSON.stringify({ orderId: sagaId, updatedAtMs: ENDED_MS, state, history }),
  };
};

const placed = {
  customerId: 'alice',
  items: [{ sku: 'mug', quantity: 2 }],
  paymentMethod: 'pm_card_visa',
  fingerprint: 'digest',
  createdAtMs: 7,
};
const confirmed = { ...placed, status: 'CONFIRMED', totalMinor: 2_580, currency: 'EUR' };
const captured = { customerId: 'alice', status: 'CAPTURED', lines, ...money, paymentIntentId: 'pi_1' };
const reserved = { customerId: 'alice', status: 'RESERVED', lines, totalMinor: 2_580, currency: 'EUR' };

function sceneOf(
  sagas: readonly SagaId[] = [orderIdOf(1)],
  order_: object = confirmed,
  payment: object = captured,
) {
  const stores = {
    order: new MemoryStore(sagas.map((sagaId) => recordOf('order', sagaId, order_))),
    inventory: new MemoryStore(sagas.map((sagaId) => recordOf('inventory', sagaId, reserved))),
    payment: new MemoryStore(sagas.map((sagaId) => recordOf('payment', sagaId, payment))),
  };
  const keeper = (service: Service): Keeper => ({ service, table: tables[service], store: stores[service] });
  const keepers: Keepers = { initiator: keeper('order'), others: [keeper('inventory'), keeper('payment')] };
  const stateOf = (service: Service, sagaId = orderIdOf(1)) =>
    fromItem(tables[service], stores[service].items.get(tables[service].key(sagaId)) as Item).state;
  const text = () => JSON.stringify(Object.values(stores).map(({ items }) => [...items.values()]));
  const eraseAt = (nowMs: number, pageSize?: number) => erasing(shop, keepers, () => nowMs, pageSize);
  const retainAt = (nowMs: number, pageSize?: number) =>
    retaining(
      { saga: shop, keepers },
      () => nowMs,
      () => 45 * DAY_MS,
      pageSize,
    );
  return { stores, stateOf, text, eraseAt, retainAt };
}

const wish = { owner: 'alice', reason: 'request 7' };
const never = () => false;
const always = () => true;

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('erase', () => {
  test('leaves of an order what answers its key, and of its stock and money what their books need', async () => {
    const { stateOf, text, eraseAt } = sceneOf();
    const erased = { forgotten: 1, open: 0, failed: 0, more: false };
    expect(await eraseAt(ENDED_MS + DAY_MS)(wish, never)).toEqual(erased);
    const { customerId: _, items: __, paymentMethod: ___, ...left } = confirmed;
    expect(stateOf('order')).toEqual(left);
    expect(stateOf('inventory')).toEqual({ status: 'RESERVED', lines, totalMinor: 2_580, currency: 'EUR' });
    expect(stateOf('payment')).toEqual({ status: 'CAPTURED', ...money, paymentIntentId: 'pi_1' });
    expect(text()).not.toMatch(/alice|pm_card_visa|order.confirmed/);
  });

  test.each([
    ['goes on', { ...placed, status: 'PENDING', answered: [] }, captured, DAY_MS],
    ['is not told yet', { ...confirmed, isUntold: true }, captured, DAY_MS],
    ['ended a moment ago', confirmed, captured, 14 * 60_000],
    ['is refunded at the moment', confirmed, { ...captured, status: 'REFUNDING' }, DAY_MS],
  ])('touches nothing of what %s', async (_, order_, payment, afterMs) => {
    const { text, eraseAt } = sceneOf(undefined, order_, payment);
    const before = text();
    const erased = { forgotten: 0, open: 1, failed: 0, more: false };
    expect(await eraseAt(ENDED_MS + afterMs)(wish, never)).toEqual(erased);
    expect(text()).toBe(before);
  });

  test('says in a dry run what it would do, and does nothing', async () => {
    const { text, eraseAt } = sceneOf();
    const before = text();
    expect(await eraseAt(ENDED_MS + DAY_MS)({ ...wish, dryRun: true }, never)).toMatchObject({
      forgotten: 1,
    });
    expect(text()).toBe(before);
  });

  test('goes through all pages, over as many runs as it takes, and a further one finds nothing', async () => {
    const { text, eraseAt } = sceneOf([1, 2, 3, 4, 5].map(orderIdOf));
    const erase = eraseAt(ENDED_MS + DAY_MS, 2);
    expect(await erase(wish, always)).toEqual({ forgotten: 2, open: 0, failed: 0, more: true });
    expect(await erase(wish, never)).toEqual({ forgotten: 3, open: 0, failed: 0, more: false });
    expect(text()).not.toContain('alice');
    expect(await erase(wish, never)).toEqual({ forgotten: 0, open: 0, failed: 0, more: false });
  });

  test('is not undone by a write that was decided before, and does not undo it', async () => {
    const { stores, eraseAt } = sceneOf();
    stores.payment.beforeWrite = () => {
      const item = recordOf(
        'payment',
        orderIdOf(1),
        { ...captured, observed: { refundedMinor: 1, disputes: [] } },
        3,
      );
      stores.payment.items.set(item.pk, item);
      stores.payment.beforeWrite = () => undefined;
      return undefined;
    };
    expect(await eraseAt(ENDED_MS + DAY_MS)(wish, never)).toMatchObject({ forgotten: 0, open: 1 });
    expect(await eraseAt(ENDED_MS + DAY_MS)(wish, never)).toMatchObject({ forgotten: 1, open: 0 });
    expect(JSON.stringify([...stores.payment.items.values()])).toContain('refundedMinor');
  });

  test('keeps a record in which another version has written something', async () => {
    const { eraseAt, text } = sceneOf(undefined, confirmed, { ...captured, tip: 5 });
    expect(await eraseAt(ENDED_MS + DAY_MS)(wish, never)).toMatchObject({ forgotten: 0, open: 1 });
    expect(text()).toContain('alice');
  });

  test('deletes the key of the name in the audit once nothing is left', async () => {
    const { stores, eraseAt } = sceneOf();
    const key = { pk: 'pseudonym-key#alice', key: 'secret' };
    stores.order.items.set(key.pk, key);
    await eraseAt(ENDED_MS)(wish, never);
    expect(stores.order.items.has(key.pk)).toBe(true);
    await eraseAt(ENDED_MS + DAY_MS)(wish, never);
    expect(stores.order.items.has(key.pk)).toBe(false);
  });

  test.each([
    { owner: 'alice' },
    { reason: 'request 7' },
    { ...wish, reason: 'for <alice@example.com>' },
    {},
  ])('wants to know whom, and why without a name: %o', async (event) => {
    await expect(sceneOf().eraseAt(ENDED_MS)(event, never)).rejects.toThrow();
  });
});

describe('what a participant last failed on', () => {
  const noted = (stores: ReturnType<typeof sceneOf>['stores'], atMs: number) => {
    for (const service of ['order', 'inventory', 'payment'] as const) {
      const pk = `trouble#${tables[service].key(orderIdOf(1))}`;
      stores[service].items.set(pk, { pk, atMs, because: 'stock.reserved', error: 'down', attempts: 1 });
    }
  };

  test('is erased with the order, at each of them', async () => {
    const { stores, text, eraseAt } = sceneOf();
    noted(stores, ENDED_MS);
    await eraseAt(ENDED_MS)(wish, never);
    expect(text()).toContain('trouble#');
    await eraseAt(ENDED_MS + DAY_MS)({ ...wish, dryRun: true }, never);
    expect(text()).toContain('trouble#');
    await eraseAt(ENDED_MS + DAY_MS)(wish, never);
    expect(text()).not.toContain('trouble#');
  });

  test('is found by the retention when it is as old as what is forgotten', async () => {
    const { stores, text, retainAt } = sceneOf();
    noted(stores, ENDED_MS + 1);
    await retainAt(ENDED_MS + 45 * DAY_MS)(never);
    expect(text().split('trouble#')).toHaveLength(4);
    await retainAt(ENDED_MS + 45 * DAY_MS + 1)(never, true);
    expect(text().split('trouble#')).toHaveLength(4);
    // What another version of the code has written is of some time, too.
    stores.payment.items.set('trouble#x', { pk: 'trouble#x', atMs: ENDED_MS, reason: 7 });
    await retainAt(ENDED_MS + 45 * DAY_MS + 1)(never);
    expect(text()).not.toContain('trouble#');
  });
});

describe('the retention', () => {
  test('forgets what ended so many days ago, and not a day before', async () => {
    const { text, retainAt } = sceneOf();
    expect(await retainAt(ENDED_MS + 45 * DAY_MS - 1)(never)).toMatchObject({ forgotten: 0, open: 1 });
    expect(text()).toContain('alice');
    expect(await retainAt(ENDED_MS + 45 * DAY_MS)(never)).toMatchObject({ forgotten: 1, open: 0 });
    expect(text()).not.toMatch(/alice|pm_card_visa/);
  });

  test('goes on where the last run had no time left', async () => {
    const { text, retainAt } = sceneOf([1, 2, 3, 4, 5].map(orderIdOf));
    const retain = retainAt(ENDED_MS + 45 * DAY_MS, 2);
    let [runs, forgotten, more] = [0, 0, true];
    while (more && runs < 20) {
      const result = await retain(always);
      ({ more } = result);
      forgotten += result.forgotten;
      runs += 1;
    }
    expect([forgotten, runs]).toEqual([5, 10]);
    expect(text()).not.toContain('alice');
  });

  test('forgets what a participant has written after its order was forgotten', async () => {
    const { stores, text, retainAt } = sceneOf();
    const late = recordOf('payment', orderIdOf(1), captured);
    await retainAt(ENDED_MS + 45 * DAY_MS)(never);
    stores.payment.items.set(late.pk, late);
    expect(await retainAt(ENDED_MS + 45 * DAY_MS)(never)).toMatchObject({ forgotten: 1 });
    expect(text()).not.toContain('alice');
  });

  test('forgets what is kept of a customer who has no order left, and of nobody else', async () => {
    const { stores, text, retainAt } = sceneOf();
    const beside = (customer: string, open: number) => {
      for (const item of [
        { pk: `pseudonym-key#${customer}`, key: 'secret' },
        { pk: `tally#${customer}`, open, failures: 3, failedAtMs: ENDED_MS },
      ])
        stores.order.items.set(item.pk, item);
    };
    beside('alice', 0);
    beside('bob', 0);
    beside('carol', 1);
    const retain = async () => await retainAt(ENDED_MS + 45 * DAY_MS)(never);
    await retainAt(ENDED_MS + 45 * DAY_MS - 1)(never);
    expect(text()).toContain('pseudonym-key#alice');
    expect(text()).toContain('tally#alice');
    expect(text()).not.toContain('bob');
    expect(text()).toContain('tally#carol');
    await retain();
    await retain();
    expect(text()).not.toContain('alice');
    expect(text()).toContain('tally#carol');
  });

  test('writes nothing in a dry run', async () => {
    const { stores, text, retainAt } = sceneOf();
    stores.order.items.set('tally#bob', { pk: 'tally#bob', open: 0 });
    const before = text();
    expect(await retainAt(ENDED_MS + 45 * DAY_MS)(never, true)).toMatchObject({ forgotten: 1 });
    expect(text()).toBe(before);
  });
});

describe('an order that is forgotten', () => {
  const edges = (store: MemoryStore, publisher = new RecordingPublisher()) => ({
    store,
    publisher,
    now: () => ENDED_MS + 50 * DAY_MS,
    userOf: (service: string) => service,
  });

  test('is the same to the same body, another to another, and changed by nothing that comes late', async () => {
    const { stores, text, eraseAt } = sceneOf();
    await eraseAt(ENDED_MS + DAY_MS)(wish, never);
    const before = text();
    const publisher = new RecordingPublisher();
    const ask = async (input: object) => {
      const work = [{ sagaId: orderIdOf(1), input }] as never;
      const [outcome] = await run(order, work, edges(stores.order, publisher));
      return outcome;
    };
    const again = await ask({ type: 'place', placed: { ...placed, customerId: CallerId.parse('alice') } });
    expect(again?.kind).toBe('ignored');
    expect(again?.record && order.present(again.record)).toEqual({
      orderId: orderIdOf(1),
      status: 'CONFIRMED',
      totalMinor: 2_580,
      currency: 'EUR',
    });
    expect((await ask({ type: 'place', placed: { ...placed, fingerprint: 'other' } }))?.kind).toBe('refused');
    expect((await ask({ type: 'nudge', nowMs: ENDED_MS, deadlineMs: 1 }))?.kind).toBe('ignored');
    const late = { customerId: 'alice', lines, ...money, paymentIntentId: 'pi_1' };
    expect((await ask({ type: 'payment.captured', data: late }))?.kind).toBe('done');
    expect(publisher.published).toEqual([]);
    expect(text()).toBe(before);
  });
});
