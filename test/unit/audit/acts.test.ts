import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../../engine/batch/store.ts';
import { auditReader } from '../../../engine/http/audit-reader.ts';
import type { HttpFunction } from '../../../engine/http/http.ts';
import { encodeCursor } from '../../../engine/http/paging.ts';
import { cancelling } from '../../../engine/initiator/cancel.ts';
import { putStock } from '../../../functions/inventory/put-stock.ts';
import { receiveStock } from '../../../functions/inventory/receive-stock.ts';
import { order } from '../../../functions/order/order.ts';
import { place } from '../../../functions/order/place.ts';
import { itemBytes, writeUnits } from '../../bench/counting/capacity-units.ts';
import { stock } from '../../support/engine-runs.ts';
import { customerId, orderIdOf } from '../../support/facts.ts';
import { orderItem } from '../../support/fuzz/saga-items.ts';
import { strictEdges } from '../../support/fuzz/strict-edges.ts';
import { httpEvent } from '../../support/http-event.ts';

const orderId = orderIdOf(1);
const scene = () => strictEdges([orderItem(orderId, 'PENDING'), stock('mug', 5)]);
type Scene = ReturnType<typeof scene>;

let requests = 0;
interface Wish {
  readonly role?: string;
  readonly by?: string;
  readonly body?: object | string;
  readonly query?: Readonly<Record<string, string>>;
  readonly requestId?: string;
}
async function ask(handle: HttpFunction, wish: Wish = {}) {
  requests += 1;
  const { role = 'operator', by = 'olga', body, query, requestId = `r-${requests}` } = wish;
  const event = httpEvent({
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    path: { orderId, sku: 'mug' },
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const requestContext = { authorizer: { principalId: by, role }, requestId };
  const reply = await handle({ ...event, requestContext } as never, {} as Context);
  return { statusCode: reply.statusCode, body: JSON.parse(reply.body) };
}
const unitsOf = (item: object, isTransaction: boolean) =>
  writeUnits(itemBytes(marshall(item, { removeUndefinedValues: true }) as never), isTransaction);
const entriesIn = ({ store }: Scene): readonly Item[] =>
  [...store.items.values()].filter(({ pk }) => pk.startsWith('audit#'));

describe('a cancel', () => {
  test('by staff is entered with its reason, in the transaction of the act and once', async () => {
    const edges = scene();
    const cancel = cancelling(order, edges);
    const body = { reason: 'asked on the phone' };
    expect(await ask(cancel, { role: 'support', by: 'sam', body, requestId: 'r-x' })).toMatchObject({
      statusCode: 202,
    });
    expect(await ask(cancel, { role: 'support', by: 'sam', body })).toMatchObject({ statusCode: 202 });
    expect(entriesIn(edges)).toMatchObject([
      {
        ...{ act: 'cancel', by: 'sam', role: 'support', about: [orderId], requestId: 'r-x', ...body },
        ...{ before: { status: 'PENDING' }, after: { status: 'CANCELLING' } },
      },
    ]);
    expect(edges.store.writes).toHaveLength(1);
    expect(edges.store.writes[0]).toHaveLength(2);
  });

  test.each([
    [undefined, 422],
    [{}, 422],
    [{ reason: '' }, 422],
    [{ reason: 'card 4242424242424242' }, 422],
    [{ reason: 'x', by: 'sam' }, 422],
    ['{', 400],
  ])('by staff with %o is answered with %i, and nothing is done', async (body, statusCode) => {
    const edges = scene();
    const reply = await ask(cancelling(order, edges), { ...(body === undefined ? {} : { body }) });
    expect(reply.statusCode).toBe(statusCode);
    if (body === undefined)
      expect(reply.body.errors).toEqual([{ pointer: '/reason', detail: 'is required' }]);
    expect(edges.store.writes).toEqual([]);
  });

  // Fails where what a customer writes is kept where nobody can erase it, or the customer is named there.
  test('by its customer needs no body, and names nobody', async () => {
    const edges = scene();
    const body = { reason: 'my name is Alice' };
    expect(await ask(cancelling(order, edges), { role: 'customer', by: customerId, body })).toMatchObject({
      statusCode: 202,
    });
    const [entry] = entriesIn(edges);
    expect(entry).toMatchObject({
      act: 'cancel',
      role: 'customer',
      by: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`${customerId}|Alice`));
  });

  // As docs/performance.md says. An index is not in a transaction, and takes one more.
  test('takes three units more in the table than the order’s own one, and a customer’s first a fourth', async () => {
    const edges = scene();
    const authorizer = { principalId: customerId, role: 'customer' };
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k' };
    const items = ['sku-1', 'sku-2'].map((sku) => ({ sku, quantity: 1 }));
    const body = JSON.stringify({ items, paymentMethod: 'pm_card_visa' });
    const { body: reply } = await place(edges)(httpEvent({ headers, authorizer, body }), {} as Context);
    const path = { orderId: JSON.parse(reply).orderId };
    await cancelling(order, edges)(httpEvent({ path, authorizer }), {} as Context);
    const units = edges.store.writes.map((writes) =>
      writes.map((write) => unitsOf(write.kind === 'put' ? write.item : {}, writes.length > 1)),
    );
    expect(units).toEqual([[1], [1], [2, 2]]);
  });

  test('that comes too late leaves no trace, not even a key', async () => {
    const edges = strictEdges([orderItem(orderId, 'CONFIRMED')]);
    for (const who of [{ role: 'customer', by: customerId }, { body: { reason: 'asked' } }])
      expect(await ask(cancelling(order, edges), who)).toMatchObject({ statusCode: 409 });
    expect(edges.store.writes).toEqual([]);
  });
});

describe('stock', () => {
  const body = { available: 1, unitPriceMinor: 1, currency: 'EUR', reason: 'counted' };

  test('that is set is entered with what was there, and once for the same request', async () => {
    const edges = scene();
    const put = putStock(edges);
    for (const _ of [1, 2])
      expect(await ask(put, { body, requestId: 'r-y' })).toMatchObject({ statusCode: 200 });
    expect(entriesIn(edges)).toMatchObject([
      {
        before: { available: 5, unitPriceMinor: 100, currency: 'EUR' },
        after: { available: 1, unitPriceMinor: 1, currency: 'EUR' },
        ...{ by: 'olga', about: ['mug'], reason: 'counted' },
      },
    ]);
  });

  // Fails where the entry tells of stock that an order has taken meanwhile.
  test('that changes between the look and the write is looked at again', async () => {
    const edges = scene();
    let taken = 0;
    edges.store.beforeWrite = () => {
      taken += 1;
      if (taken === 1) edges.store.items.set('SKU#mug', stock('mug', 4));
      return undefined;
    };
    expect(await ask(putStock(edges), { body })).toMatchObject({ statusCode: 200 });
    expect(entriesIn(edges)).toMatchObject([{ before: { available: 4 } }]);
  });

  test('that is received is entered once, however often it is sent', async () => {
    const edges = scene();
    for (const _ of [1, 2])
      expect(await ask(receiveStock(edges), { role: 'stock', body: { quantity: 7 } })).toMatchObject({
        statusCode: 200,
      });
    expect(entriesIn(edges)).toMatchObject([
      { act: 'receipt', role: 'stock', before: { received: 0 }, after: { received: 7 } },
    ]);
  });
});

describe('the audit', () => {
  const day = '2026-11-30';
  const entry = (index: number, by = 'olga', act = 'cancel'): Item => ({
    pk: `audit#${String(index).padStart(3, '0')}`,
    auditDay: index < 230 ? day : '2026-11-29',
    auditAtMs: index,
    ...{ at: `at-${index}`, by, role: 'operator', act, about: [`ord_${index}`] },
    ...{ before: {}, after: {}, reason: 'why', requestId: `r-${index}` },
  });
  const edges = strictEdges(
    Array.from({ length: 240 }, (_, index) =>
      entry(index, index % 7 === 0 ? 'sam' : 'olga', index % 2 === 0 ? 'cancel' : 'redrive'),
    ),
  );
  const read = auditReader(order, edges);

  async function walk(query: Readonly<Record<string, string>>) {
    const found: { readonly at: string }[] = [];
    let cursor: string | undefined;
    do {
      const reply = await ask(read, { role: 'auditor', query: { day, ...query, ...(cursor && { cursor }) } });
      expect(reply.statusCode).toBe(200);
      found.push(...reply.body.items);
      cursor = reply.body.cursor;
    } while (cursor !== undefined);
    return found;
  }

  test('is shown a day at a time, newest first, and each entry once', async () => {
    const found = await walk({ limit: '50' });
    expect(found.map(({ at }) => at)).toEqual(Array.from({ length: 230 }, (_, index) => `at-${229 - index}`));
    expect(Object.keys(found[0] ?? {})).toEqual([
      ...['at', 'by', 'role', 'act', 'about', 'before', 'after', 'reason', 'requestId'],
    ]);
  });

  test('is searched by who, what and about what', async () => {
    expect(await walk({ by: 'sam', limit: '3' })).toHaveLength(33);
    expect(await walk({ by: 'sam', act: 'redrive' })).toHaveLength(16);
    expect(await walk({ about: 'ord_17' })).toMatchObject([{ at: 'at-17' }]);
    expect(await walk({ by: 'nobody' })).toEqual([]);
  });

  test.each([
    { day: 'today' },
    { day: '2026-13-01' },
    { by: '' },
    { about: 'x'.repeat(256) },
    { limit: '0' },
    { cursor: 'made up' },
    { cursor: encodeCursor({ service: 'payment', day, entry: 'audit#000', atMs: 1 }) },
    { cursor: encodeCursor({ service: 'order', day, entry: 'SKU#mug', atMs: 1 }) },
    { cursor: encodeCursor({ service: 'order', day: '2026-11-29', entry: 'audit#000', atMs: 1 }) },
  ])('answers %o with 400', async (query) => {
    expect(await ask(read, { role: 'auditor', query: { day, ...query } })).toMatchObject({ statusCode: 400 });
  });
});
