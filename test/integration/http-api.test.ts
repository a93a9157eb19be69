import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from '../../api/client.ts';
import { Client, inParallel } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';
import { exampleBodies } from '../support/specs/answers.ts';

let world: World;
let alice: Client;
let bob: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer('alice');
  bob = await world.customer('bob');
  await world.stock({ sku: 'cup', available: 100_000, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

const key = (value: string = randomUUID()) => ({ 'idempotency-key': value });
const good = { items: [{ sku: 'cup', quantity: 1 }], paymentMethod: 'pm_card_visa' };

/** Every refusal is problem details that say what to do. */
async function refused(status: number, reply: ReturnType<Client['call']>) {
  const { status: got, headers, body } = await reply;
  expect(got, JSON.stringify(body)).toBe(status);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: expect.stringContaining('urn:'), title: expect.any(String), status });
  expect(body.detail.length).toBeGreaterThan(10);
  return body;
}

describe('GET /orders/{orderId}', () => {
  test('answers when the order has ended, to who prefers to wait; and then no more than that it is the same', async () => {
    const placed = await alice.call('POST', '/orders', good, key());
    const [, link = ''] = /^<(.+)>; rel="status"$/.exec(placed.headers.get('link') ?? '') ?? [];
    const { body, headers } = await alice.call('GET', link, undefined, { prefer: 'wait=10' });
    expect([body.status, headers.get('preference-applied')]).toEqual(['CONFIRMED', 'wait=10']);
    const known = { 'if-none-match': headers.get('etag') ?? '', prefer: 'wait=10' };
    const { status, body: none } = await alice.call('GET', link, undefined, known);
    expect([status, none]).toEqual([304, undefined]);
  });

  // Fails where whoever waits takes a function that others need.
  test('more than may wait are answered at once, and others can order meanwhile', async () => {
    const challenge = await alice.order(good.items, 'pm_card_threeDSecure2Required');
    const path = `/orders/${challenge.body.orderId}`;
    await expect.poll(async () => (await alice.call('GET', path)).body.waitingFor).toBe('customer');
    const { headers } = await alice.call('GET', path);
    const wait = { prefer: 'wait=3', 'if-none-match': headers.get('etag') ?? '' };
    const startedMs = performance.now();
    const waiting = Promise.all(
      Array.from({ length: 80 }, async () => {
        const { status, headers: got } = await alice.call('GET', path, undefined, wait);
        return { status, hasWaited: got.has('preference-applied'), ms: performance.now() - startedMs };
      }),
    );
    expect((await alice.order(good.items)).status).toBe(202);
    const all = await waiting;
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([304]));
    const waited = all.filter(({ hasWaited }) => hasWaited);
    expect(waited.length).toBeGreaterThan(0);
    expect(waited.length).toBeLessThanOrEqual(50);
    expect(waited.every(({ ms }) => ms >= 3_000)).toBe(true);
    await alice.call('POST', `${path}/cancel`);
  });
});

describe('GET /docs, /openapi.json and /asyncapi.json', () => {
  test.each([
    ['/docs', 'text/html', '<!doctype html>'],
    ['/openapi.json', 'application/json', '{"openapi":"3.1'],
    ['/asyncapi.json', 'application/json', '{"asyncapi":"3'],
  ])('%s is there for anyone, and need not be sent twice', async (path, contentType, begins) => {
    const get = (headers = {}) => fetch(`${world.system.urls.api}${path}`, { headers });
    const { status, headers } = await get();
    expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, contentType]);
    expect((await get({ 'if-none-match': headers.get('etag') ?? '' })).status).toBe(304);
    expect(await (await get()).text()).toMatch(new RegExp(`^${begins.replaceAll(/[{}]/g, '\\$&')}`));
  });
});

describe('the client in api/', () => {
  test('places an order and follows it, and its compiler knows what each status brings', async () => {
    const call = clientOf(
      world.system.urls.api,
      await world.system.signToken({ role: 'customer', name: 'alice' }),
    );
    const placed = await call('POST /orders', { headers: { 'Idempotency-Key': randomUUID() }, body: good });
    if (placed.status !== 202) throw new Error(`${placed.status}`);
    const { orderId } = placed.body;
    const ended = await call('GET /orders/{orderId}', { path: { orderId }, headers: { Prefer: 'wait=10' } });
    expect(ended.status === 200 && ended.body.status).toBe('CONFIRMED');
    const payment = await call('GET /orders/{orderId}/payment', { path: { orderId } });
    expect(payment.status === 200 && payment.body.status === 'CAPTURED' && payment.body.amountMinor).toBe(
      1_290,
    );
    const page = await call('GET /orders', { query: { limit: 1 } });
    expect(page.status === 200 && page.body.items.map((each) => each.orderId)).toEqual([orderId]);
    const late = await call('POST /orders/{orderId}/cancel', { path: { orderId } });
    expect(late.status === 409 && late.body.type).toBe('urn:order-saga:problem:conflict');
    const forbidden = await call('GET /audit/order');
    expect(forbidden.status).toBe(403);
    expect((await clientOf(world.system.urls.api)('GET /docs')).status).toBe(200);
  });
});

describe('the example of a body in api/openapi.json', () => {
  test.each(exampleBodies)('of %s is understood', async (route, body) => {
    const [method = '', path = ''] = route.split(' ');
    const orderId = await alice.place(good.items);
    const caller = route === 'POST /orders' ? alice : world.operator;
    const called = path.replace('{orderId}', orderId).replace('{sku}', 'as-in-the-example');
    const { status, body: said } = await caller.call(method, called, body, key());
    // There may be nothing to settle, to redrive or to cancel any more.
    expect([200, 202, 404, 409], JSON.stringify(said)).toContain(status);
  });
});

describe('POST /orders', () => {
  test('is accepted with a location, and the order can be read there', async () => {
    const { status, headers, body } = await alice.order(good.items);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/orders/${body.orderId}`);
    expect((await alice.expect(200, 'GET', headers.get('location') ?? '')).items).toEqual(good.items);
  });

  test('a missing or malformed Idempotency-Key is 400', async () => {
    await refused(400, alice.call('POST', '/orders', good));
    for (const bad of ['""', '"unbalanced', 'a, b', 'x'.repeat(256)]) {
      await refused(400, alice.call('POST', '/orders', good, key(bad)));
    }
  });

  test.each([
    ['no items', { ...good, items: [] }, '/items'],
    ['no quantity', { ...good, items: [{ sku: 'cup' }] }, '/items/0/quantity'],
    ['quantity zero', { ...good, items: [{ sku: 'cup', quantity: 0 }] }, '/items/0/quantity'],
    ['quantity of a fraction', { ...good, items: [{ sku: 'cup', quantity: 1.5 }] }, '/items/0/quantity'],
    ['a SKU twice', { ...good, items: [...good.items, ...good.items] }, '/items'],
    ['a price from the client', { ...good, totalMinor: 1 }, '/totalMinor'],
    ['no payment method', { items: good.items }, '/paymentMethod'],
    ['not an object', [], ''],
  ])('%s is 422 and names the place', async (_, body, pointer) => {
    const { errors } = await refused(422, alice.call('POST', '/orders', body, key()));
    expect(errors.map((flaw: { pointer: string }) => flaw.pointer)).toContain(pointer);
  });

  test('what is not JSON is 400, what does not say so is 415, what is too large is 413', async () => {
    await refused(400, alice.call('POST', '/orders', '{"items":', key()));
    await refused(415, alice.call('POST', '/orders', 'items=1', { ...key(), 'content-type': 'text/plain' }));
    const large = { ...good, paymentMethod: 'x'.repeat(70_000) };
    await refused(413, alice.call('POST', '/orders', large, key()));
  });

  // Fails where an order's id is random and not derived from the key: each repetition is another order.
  test('the same key and body is the same order, for ever and concurrently; another body is 422', async () => {
    const mine = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => alice.call('POST', '/orders', good, key(mine))),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(replies.map(({ body }) => body.orderId)).size).toBe(1);
    const orderId = replies[0]?.body.orderId;
    await alice.until(orderId);
    const again = await alice.call('POST', '/orders', good, key(`"${mine}"`));
    expect(again.body).toMatchObject({ orderId, status: 'CONFIRMED' });
    await refused(422, alice.call('POST', '/orders', { ...good, paymentMethod: 'pm_card_amex' }, key(mine)));
    const ledger = await fetch(`${world.system.urls.payments}/ledger?order=${orderId}`);
    expect(await ledger.json()).toMatchObject({ captures: 1 });
  });

  test("a key is its customer's: another customer's same key is another order", async () => {
    const shared = randomUUID();
    const [mine, theirs] = await Promise.all([
      alice.place(good.items, good.paymentMethod, shared),
      bob.place(good.items, good.paymentMethod, shared),
    ]);
    expect(mine).not.toBe(theirs);
  });
});

describe('where an order is, and why', () => {
  const idsIn = ({ items }: { items: { orderId: string }[] }) => items.map(({ orderId }) => orderId);

  test('is told by its timeline, by the list of the open ones, and by any id', async () => {
    const mine = randomUUID();
    const orderId = await alice.place(good.items, 'pm_card_threeDSecure2Required', mine);
    await alice.until(orderId, ({ waitingFor }) => waitingFor === 'customer');
    const path = `/orders/${orderId}`;

    const own = await alice.expect(200, 'GET', `${path}/timeline`);
    expect(own).toMatchObject({ orderId, status: 'PENDING', waitingFor: 'customer' });
    expect(own.participants.map(({ status }: { status: string }) => status)).toContain('RESERVED');
    expect(own.waitsOn).toBeUndefined();
    const theirs = await world.operator.expect(200, 'GET', `${path}/timeline`);
    expect(theirs.waitsOn).toEqual([{ service: 'payment', toSay: ['payment.captured'] }]);
    expect(Date.parse(theirs.nextNudge)).toBeGreaterThan(Date.parse(theirs.createdAt));

    const listed: string[] = [];
    let cursor = '';
    do {
      const query = `status=PENDING&service=payment&olderThan=0s&limit=100${cursor}`;
      const page = await world.operator.expect(200, 'GET', `/sagas?${query}`);
      listed.push(...idsIn(page));
      cursor = page.cursor === undefined ? '' : `&cursor=${page.cursor}`;
    } while (cursor !== '');
    expect(listed).toContain(orderId);
    const counts = await world.operator.expect(200, 'GET', '/sagas/counts');
    expect(counts).toMatchObject({ isWhole: true, total: expect.any(Number) });
    expect(counts.total).toBeGreaterThan(0);
    const day = new Date().toISOString().slice(0, 10);
    const ended = await world.operator.expect(200, 'GET', `/sagas/ended/counts?day=${day}`);
    expect(ended).toMatchObject({ day, isWhole: true });
    expect(idsIn(await world.operator.expect(200, 'GET', `/sagas/ended?day=${day}`))).not.toContain(orderId);

    const { paymentIntentId } = await alice.expect(200, 'GET', `${path}/payment`);
    for (const query of [
      `id=${orderId}`,
      `id=${orderId}:stock.reserved`,
      `id=${paymentIntentId}`,
      `idempotencyKey=${mine}&customerId=alice`,
    ]) {
      expect(await world.operator.expect(200, 'GET', `/lookup?${query}`)).toMatchObject({
        ...{ orderId, timeline: `${path}/timeline` },
      });
    }
    await refused(404, world.operator.call('GET', '/lookup?id=pi_nobody'));
    await refused(422, world.operator.call('GET', '/lookup?id=dp_1'));
    await alice.expect(202, 'POST', `${path}/cancel`);
    await alice.until(orderId);
  });

  test('can be asked for again at once by staff, with a reason that stands in the audit', async () => {
    const orderId = await alice.place(good.items, 'pm_card_threeDSecure2Required');
    await alice.until(orderId, ({ waitingFor }) => waitingFor === 'customer');
    const path = `/orders/${orderId}/nudge`;
    expect(await world.operator.expect(200, 'POST', path, { dryRun: true })).toMatchObject({
      ...{ dryRun: true, says: ['order.placed'] },
    });
    await refused(422, world.operator.call('POST', path, {}));
    await refused(403, alice.call('POST', path, { reason: 'mine' }));
    const reason = `asked on the phone ${orderId}`;
    expect(await world.operator.expect(200, 'POST', path, { reason })).toMatchObject({
      ...{ dryRun: false, says: ['order.placed'], status: 'PENDING' },
    });
    const { items } = await world.operator.expect(200, 'GET', `/audit/order?act=nudge&about=${orderId}`);
    expect(items).toMatchObject([{ act: 'nudge', about: [orderId], reason }]);
    await alice.expect(202, 'POST', `/orders/${orderId}/cancel`);
    await alice.until(orderId);
    await refused(409, world.operator.call('POST', path, { reason }));
  });
});

describe('who may do what', () => {
  test.each([
    ['no token', ''],
    ['no JWT', 'Bearer nonsense'],
    ['a forged token without signature', `Bearer ${unsigned({ sub: 'alice', role: 'operator' })}`],
  ])('%s is 401', async (_, authorization) => {
    const { status } = await new Client(world.system.urls.api, '').call('GET', '/orders', undefined, {
      authorization,
    });
    expect(status).toBe(401);
  });

  test('an expired token, another audience, another issuer are 401', async () => {
    for (const wrong of [
      { lifetimeSeconds: -120 },
      { audience: 'somebody-else' },
      { issuer: 'http://issuer.invalid' },
    ]) {
      const token = await world.system.signToken({ role: 'customer', ...wrong });
      expect((await new Client(world.system.urls.api, token).call('GET', '/orders')).status).toBe(401);
    }
  });

  test("another customer's order is 404 in every way; an operator sees it", async () => {
    const orderId = await alice.place(good.items);
    await alice.until(orderId);
    for (const path of [
      `/orders/${orderId}`,
      `/orders/${orderId}/reservation`,
      `/orders/${orderId}/payment`,
    ]) {
      await refused(404, bob.call('GET', path));
      expect((await world.operator.call('GET', path)).status).toBe(200);
    }
    await refused(404, bob.call('POST', `/orders/${orderId}/cancel`));
    await refused(404, alice.call('GET', '/orders/ord_nothing'));
  });

  test('stock and dead letters are for operators: 403', async () => {
    await refused(403, alice.call('PUT', '/stock/cup', { available: 1, unitPriceMinor: 1, currency: 'EUR' }));
    await refused(403, alice.call('POST', '/stock/cup/receipts', { quantity: 1 }, key()));
    for (const service of ['order', 'inventory', 'payment']) {
      await refused(403, alice.call('GET', `/dead-letters/${service}`));
      await refused(403, alice.call('POST', `/dead-letters/${service}/redrive`, { dryRun: true }));
      const discard = { reason: 'a test', messageIds: ['none'] };
      await refused(403, alice.call('POST', `/dead-letters/${service}/discard`, discard));
      await refused(404, world.operator.call('POST', `/dead-letters/${service}/discard`, discard));
      expect(await world.operator.expect(200, 'GET', `/dead-letters/${service}`)).toEqual({
        items: [],
        more: false,
        isWhole: true,
      });
    }
  });
});

describe('lists', () => {
  test('own orders, newest first, page by page without gap or repeat', async () => {
    const carol = await world.customer(`carol-${randomUUID()}`);
    const placed: string[] = [];
    for (let index = 0; index < 7; index += 1) placed.push(await carol.place(good.items));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await carol.expect(200, 'GET', `/orders?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.items.map(({ orderId }: { orderId: string }) => orderId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(placed.toReversed());
  });

  test('a bad limit or cursor is 400', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=eyJhIjoxfQ']) {
      await refused(400, alice.call('GET', `/orders?${query}`));
    }
  });

  test('stock is listed by SKU', async () => {
    await world.stock({ sku: '0-first', available: 3, unitPriceMinor: 100 });
    const { items, cursor } = await alice.expect(200, 'GET', '/stock?limit=1');
    expect(items).toMatchObject([
      { sku: '0-first', availability: 'LOW', unitPriceMinor: 100, currency: 'EUR' },
    ]);
    const rest = await alice.expect(200, 'GET', `/stock?cursor=${cursor}`);
    const listed: string[] = rest.items.map(({ sku }: { sku: string }) => sku);
    expect(listed).toContain('cup');
    expect(listed).not.toContain('0-first');
    expect(listed).toEqual(listed.toSorted());
  });
});

describe('stock', () => {
  test('a receipt is added exactly once, however often it is sent', async () => {
    await world.stock({ sku: 'receipts', available: 5, unitPriceMinor: 100 });
    const same = key();
    await inParallel(Array.from({ length: 10 }), 10, () =>
      world.operator.expect(200, 'POST', '/stock/receipts/receipts', { quantity: 7 }, same),
    );
    expect(await world.operator.expect(200, 'GET', '/stock/receipts')).toMatchObject({ available: 12 });
    await refused(422, world.operator.call('POST', '/stock/receipts/receipts', { quantity: 8 }, same));
    await refused(404, world.operator.call('POST', '/stock/nothing/receipts', { quantity: 8 }, key()));
  });

  // Fails where a customer can wait for the moment at which all of it is there, and take all of it.
  test('customers see whether there is any, and no number', async () => {
    const seen = async (available: number) => {
      await world.stock({ sku: 'seen', available, unitPriceMinor: 100 });
      return await alice.expect(200, 'GET', '/stock/seen');
    };
    const product = { sku: 'seen', unitPriceMinor: 100, currency: 'EUR' };
    expect(await seen(0)).toEqual({ ...product, availability: 'OUT_OF_STOCK' });
    expect(await seen(10)).toEqual({ ...product, availability: 'LOW' });
    expect(await seen(11)).toEqual({ ...product, availability: 'IN_STOCK' });
    const { items } = await alice.expect(200, 'GET', '/stock?limit=100');
    expect(JSON.stringify(items)).not.toContain('"available"');
  });

  test('bad content is 422, an unknown SKU 404', async () => {
    const stock = { available: 1, unitPriceMinor: 100, currency: 'EUR', reason: 'counted' };
    await refused(422, world.operator.call('PUT', '/stock/cup', { ...stock, available: -1 }));
    await refused(422, world.operator.call('PUT', '/stock/cup', { ...stock, unitPriceMinor: 0.5 }));
    await refused(422, world.operator.call('PUT', '/stock/cup', { ...stock, currency: 'euro' }));
    await refused(422, world.operator.call('PUT', '/stock/-bad', stock));
    await refused(404, alice.call('GET', '/stock/nothing'));
  });
});

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ iss: 'x', aud: 'order-saga', exp: 2 ** 32, ...claims })}.`;
}
